// SPDX-License-Identifier: Apache-2.0
#pragma once

// Questions to the DNS and their answers as values, and what asks them: an evaluation on floor 0
// that takes answers as events. net::Resolver is the only one that sends them.
#include "proxy/wire/ip_address.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace todoku::wire {

enum class RecordType : std::uint8_t {
  a,
  aaaa,
  mx,
  txt,
  ptr,
};

struct DnsQuestion {
  std::string name;  // without the dot at its end; letters in any case
  RecordType type = RecordType::a;
  auto operator<=>(const DnsQuestion&) const = default;
};

enum class DnsStatus : std::uint8_t {
  answered,       // there is at least one record
  no_data,        // the name exists, without a record of this type
  no_such_name,   // NXDOMAIN
  server_failed,  // SERVFAIL, REFUSED, an answer that cannot be read, or no server in reach
  timed_out,
};

struct MailExchange {
  std::uint16_t preference = 0;
  std::string host;  // empty = the domain takes no mail (null MX, RFC 7505)
  bool operator==(const MailExchange&) const = default;
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::no_data;
  std::vector<IpAddress> addresses;     // a, aaaa
  std::vector<MailExchange> exchanges;  // mx, best first
  std::vector<std::string> texts;       // txt, the strings of each record joined
  std::vector<std::string> names;       // ptr
  std::chrono::seconds lifetime{0};     // how long it stays true

  // The DNS has said that there is nothing, which is an answer, too.
  [[nodiscard]] bool is_empty() const {
    return status == DnsStatus::no_data || status == DnsStatus::no_such_name;
  }
  [[nodiscard]] bool has_failed() const {
    return status == DnsStatus::server_failed || status == DnsStatus::timed_out;
  }
};

// An evaluation that needs the DNS. Owns no socket, so that it can be tested answer by answer.
class DnsDialogue {
 public:
  virtual ~DnsDialogue() = default;
  // answer: to the last question; null at first. The next question, or nothing when it has ended;
  // after that it is not called again. Never throws on any answer; ends after a bounded number.
  virtual std::optional<DnsQuestion> next(const DnsAnswer* answer) = 0;
};

[[nodiscard]] const char* to_string(RecordType type);
[[nodiscard]] const char* to_string(DnsStatus status);

}  // namespace todoku::wire
