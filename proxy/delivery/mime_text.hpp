// SPDX-License-Identifier: Apache-2.0
#pragma once

// Text as mail carries it in 7 bits: encoded words (RFC 2047), base64 and quoted-printable bodies
// (RFC 2045 6), folded header fields (RFC 5322 2.2.3). Whatever comes in, no bare CR or LF and no
// line above 998 bytes goes out. Pure.
#include <string>
#include <string_view>

namespace todoku::delivery {

// One line without controls: what may stand in a header field.
[[nodiscard]] std::string one_line(std::string_view text);
// For Subject and display names; plain ASCII stays as it is. Folded where it is long.
[[nodiscard]] std::string encoded_words(std::string_view text);
// "Name: value CRLF", folded at spaces near 76 columns. ASCII; other bytes become '?'.
[[nodiscard]] std::string folded_field(std::string_view name, std::string_view value);
// Lines of 76 columns, each with CRLF.
[[nodiscard]] std::string base64_body(std::string_view bytes);
// text: lines end with CRLF or LF; they come out with CRLF.
[[nodiscard]] std::string quoted_printable_body(std::string_view text);

}  // namespace todoku::delivery
