// SPDX-License-Identifier: Apache-2.0
#pragma once

// One kind of line end for what is read: mails arrive as CRLF, LF and lone CR, and mixed. Pure.
#include <string>
#include <string_view>

namespace todoku::mail {

// text with "\n" as its only line end. Without any CR it is text itself; else it lies in storage,
// which must live as long. CR CR LF, which some gateways write, is one line end.
[[nodiscard]] std::string_view with_line_feeds(std::string_view text, std::string& storage);

// The way back, as mail travels: text has "\n" as its only line end.
[[nodiscard]] std::string with_crlf(std::string_view text);

}  // namespace todoku::mail
