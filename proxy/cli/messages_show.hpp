// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku messages show ID: one message from its arrival to what can be done now.
#include "proxy/cli/messages_words.hpp"

#include <string>
#include <variant>
#include <vector>

namespace todoku::cli {

struct MessageStory {
  store::StoredMessage message;
  std::vector<store::StoredAttempt> attempts;
  std::vector<store::StoredEvent> events;
};

// Attempts and events in the order of time; an attempt stands before the event that came of it.
using Moment = std::variant<const store::StoredAttempt*, const store::StoredEvent*>;
[[nodiscard]] std::vector<Moment> timeline_of(const MessageStory& story);
// Ends with a newline.
[[nodiscard]] std::string show_text(const Look& look, const MessageStory& story);

}  // namespace todoku::cli
