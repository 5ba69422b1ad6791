// SPDX-License-Identifier: Apache-2.0
#pragma once

// The same for programs: one JSON object and a newline, in the form that the manual page
// (todoku.1, "JSON OUTPUT") describes. Times are UTC, RFC 3339; what is not there is null.
#include "proxy/cli/messages_list.hpp"
#include "proxy/cli/messages_show.hpp"

#include <string>

namespace todoku::cli {

[[nodiscard]] std::string list_json(const MessageList& list, bool is_running);
[[nodiscard]] std::string show_json(const MessageStory& story, bool is_running);
[[nodiscard]] std::string request_json(const store::Request& request, store::RequestOutcome outcome,
                                       bool is_running);

}  // namespace todoku::cli
