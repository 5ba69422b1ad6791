// SPDX-License-Identifier: Apache-2.0
// The copy of a test mail, from anybody: bounded lists, and texts that come back.
#include "classifier/mail/line_ends.hpp"
#include "proxy/delivery/relay_test.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace todoku;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string storage;
  const auto copy =
      mail::with_line_feeds(std::string_view(reinterpret_cast<const char*>(data), size), storage);
  const auto test = delivery::relay_test_in(copy);
  const delivery::RelayTest other{"spare", "taro@example.jp", "<1@example.jp>"};
  const auto lesson =
      delivery::lesson_of(test.value_or(other), copy, "relay.example", {"example.jp"}, {});
  if (lesson.outgoing.size() > 1 || lesson.from_domain.empty()) std::abort();
  const auto back = delivery::lesson_from(delivery::texts_of(lesson), {});
  if (back.rewrites_from != lesson.rewrites_from || back.outgoing != lesson.outgoing) std::abort();
  return 0;
}
