// SPDX-License-Identifier: Apache-2.0
// Any header with any key record: verification ends, and never passes what nobody signed.
#include "proxy/mailauth/dkim_verify.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace todoku;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find("\r\n\r\n"), text.size());
  mailauth::DkimVerification verification(std::string(text.substr(0, end)), {});
  verification.add_body(text.substr(end));
  wire::DnsAnswer answer;
  answer.status = wire::DnsStatus::answered;
  answer.texts = {std::string(text.substr(size / 2))};
  std::size_t count = 0;
  auto question = verification.next(nullptr);
  while (question && ++count < 100) question = verification.next(&answer);
  if (count > mailauth::DkimVerification::most_signatures) std::abort();
  for (const auto& outcome : verification.outcomes()) {
    if (outcome.result == mailauth::DkimResult::pass) std::abort();
  }
  return 0;
}
