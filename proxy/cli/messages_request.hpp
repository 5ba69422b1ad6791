// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku messages retry|release|discard ID: puts the wish down and waits for todoku serve, which
// alone changes messages.
#include "proxy/cli/messages.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/cli/messages_words.hpp"

#include <variant>

namespace todoku::cli {

// The request for this message, checked as far as it can be known beforehand.
[[nodiscard]] std::variant<store::Request, Problem> request_for(const Look& look,
                                                                const store::StoredMessage& message,
                                                                const MessagesOptions& options);
// The exit code; prints what became of it.
int make_request(const Look& look, store::Reader& reader, const std::filesystem::path& state_dir,
                 const store::StoredMessage& message, const MessagesOptions& options,
                 const Console& console);

}  // namespace todoku::cli
