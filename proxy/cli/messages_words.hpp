// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words of todoku messages for one message: its state, recipients, what comes next, what a
// person can do. Values in, text out; nothing is read or printed. Any thread.
#include "proxy/cli/look.hpp"
#include "proxy/store/records.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace todoku::cli {

[[nodiscard]] std::string state_word(const Look& look, const store::StoredMessage& message);
[[nodiscard]] Colour state_colour(delivery::MessageState state);
// "hanako@example.jp and 2 more"; in so few columns the address is cut, never how many there are.
[[nodiscard]] std::string recipients_text(const Look& look, const store::StoredMessage& message,
                                          std::size_t columns = 0);
// The subject in UTF-8, its encoded words decoded (RFC 2047); not yet safe for a terminal.
[[nodiscard]] std::string decoded_subject(const store::StoredMessage& message);
[[nodiscard]] std::string subject_text(const Look& look, const store::StoredMessage& message);
// What happens next and when; empty = nothing more.
[[nodiscard]] std::string next_step(const Look& look, const store::StoredMessage& message);

// False: the message is there, but its texts are sealed with a key that is not at hand.
[[nodiscard]] bool is_readable(const store::StoredMessage& message);
// What may be asked for in this state.
[[nodiscard]] std::vector<store::Verb> actions_of(const store::StoredMessage& message);
// The command line for it, to be copied.
[[nodiscard]] std::string command_for(const Look& look, const store::StoredMessage& message,
                                      store::Verb verb);
[[nodiscard]] const char* to_string(delivery::Obstacle obstacle);

}  // namespace todoku::cli
