// SPDX-License-Identifier: Apache-2.0
#pragma once

// Text for a narrow terminal, where a Japanese character takes two columns (Unicode UAX #11). Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::demo {

inline constexpr std::size_t terminal_columns = 78;

// How many columns the text takes. Characters that some terminals show narrow and others wide are
// counted wide, so that a line never grows beyond its limit.
[[nodiscard]] std::size_t display_width(std::string_view utf8);
// Lines of at most so many columns: English breaks at spaces, Japanese between characters, but
// never within a katakana word, before a closing or after an opening mark. '\n' in the text stays a
// break.
[[nodiscard]] std::vector<std::string> wrap(std::string_view utf8, std::size_t columns);
// Wrapped, each line behind indent spaces and ended by '\n'.
[[nodiscard]] std::string paragraph(std::string_view utf8, std::size_t indent);
// Filled with spaces to so many columns; longer text stays as it is.
[[nodiscard]] std::string padded(std::string_view utf8, std::size_t columns);

}  // namespace todoku::demo
