// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words in a text, whatever their case. A word of Latin letters is found only as a whole word; a
// Japanese one wherever it stands. Pure.
#include <cstddef>
#include <string_view>

namespace todoku::checks {

// word: lower case. npos when it is not there.
[[nodiscard]] std::size_t find_whole_word(std::string_view text, std::string_view word,
                                          std::size_t from = 0);
[[nodiscard]] inline bool has_whole_word(std::string_view text, std::string_view word) {
  return find_whole_word(text, word) != std::string_view::npos;
}
// The characters before offset, plus one: a place for people.
[[nodiscard]] std::size_t character_number(std::string_view utf8, std::size_t offset);

}  // namespace todoku::checks
