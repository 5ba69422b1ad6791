// SPDX-License-Identifier: Apache-2.0
#pragma once

// A test mail to oneself through a fallback relay, and what the copy that arrives tells of that
// relay. The mail says in its text what was sent, so that nothing else has to be kept. Pure.
#include "proxy/delivery/relay_lesson.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::delivery {

struct RelayTest {
  std::string fallback;    // its name in the settings
  std::string from;        // the address in the From line, and of the envelope's sender
  std::string message_id;  // "<...>"
};

struct RelayTestWords {
  std::string subject;
  std::string text;  // UTF-8, for the person who reads it
};

// The whole mail, CRLF.
[[nodiscard]] std::string relay_test_mail(const RelayTest& test, const std::string& to,
                                          const RelayTestWords& words,
                                          std::chrono::system_clock::time_point now);

// copy: a message as it arrived; its line ends are "\n". Nothing = it is no such test mail.
[[nodiscard]] std::optional<RelayTest> relay_test_in(std::string_view copy);
// relay_host: as it is dialled. signed_by: domains whose DKIM signatures of the copy are right.
[[nodiscard]] RelayLesson lesson_of(const RelayTest& test, std::string_view copy,
                                    std::string_view relay_host, std::vector<std::string> signed_by,
                                    Time now);

}  // namespace todoku::delivery
