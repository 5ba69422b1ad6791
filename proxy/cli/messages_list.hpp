// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku messages list: which messages are shown, and as what table.
#include "proxy/cli/messages_words.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/store/store.hpp"

#include <string>
#include <vector>

namespace todoku::cli {

struct MessageList {
  std::vector<store::StoredMessage> messages;  // in the order in which they are shown
  bool has_more = false;                       // the limit was reached
};

// Without --state and --all: what asks for a decision, then what is on its way, then the latest
// that are settled. Each group newest first.
Result<MessageList> select_messages(store::Reader& reader, const MessagesOptions& options);
// Ends with a newline.
[[nodiscard]] std::string list_text(const Look& look, const MessageList& list);

}  // namespace todoku::cli
