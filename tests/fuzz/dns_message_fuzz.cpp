// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer of the DNS: no crash, no hang, and names that are bounded.
#include "proxy/wire/dns_message.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace todoku::wire;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto type :
       {RecordType::a, RecordType::aaaa, RecordType::mx, RecordType::txt, RecordType::ptr}) {
    const auto answer = read_dns_answer(bytes, {"a.test", type});
    for (const auto& name : answer.names) {
      if (name.size() > 400) std::abort();
    }
    for (const auto& text : answer.texts) {
      if (text.size() > size) std::abort();
    }
    const bool is_empty = answer.addresses.empty() && answer.exchanges.empty() &&
                          answer.names.empty() && answer.texts.empty();
    if (is_empty == (answer.status == DnsStatus::answered)) std::abort();
  }
  return 0;
}
