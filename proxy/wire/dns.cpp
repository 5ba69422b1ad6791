// SPDX-License-Identifier: Apache-2.0
// The words that logs and messages use.
#include "proxy/wire/dns.hpp"

namespace todoku::wire {

const char* to_string(RecordType type) {
  switch (type) {
    case RecordType::a:
      return "A";
    case RecordType::aaaa:
      return "AAAA";
    case RecordType::mx:
      return "MX";
    case RecordType::txt:
      return "TXT";
    case RecordType::ptr:
      return "PTR";
  }
  return "?";
}

const char* to_string(DnsStatus status) {
  switch (status) {
    case DnsStatus::answered:
      return "answered";
    case DnsStatus::no_data:
      return "no-data";
    case DnsStatus::no_such_name:
      return "no-such-name";
    case DnsStatus::server_failed:
      return "server-failed";
    case DnsStatus::timed_out:
      return "timed-out";
  }
  return "?";
}

}  // namespace todoku::wire
