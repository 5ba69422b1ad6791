// SPDX-License-Identifier: Apache-2.0
#pragma once

// Letters of an address as people type and paste them: UTF-8 in and out, what is blank or
// invisible, and which wide letter is an ASCII one. Pure, any thread.
#include <cstddef>
#include <string>
#include <string_view>

namespace todoku::addresses {

struct Letter {
  char32_t code = 0;
  std::size_t size = 1;  // bytes
  bool is_valid = true;  // false: the byte belongs to no letter
};

// position < text.size().
[[nodiscard]] Letter letter_at(std::string_view text, std::size_t position);
// The last letter of a text that is not empty.
[[nodiscard]] Letter last_letter(std::string_view text);
void append(std::string& text, char32_t code);

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
[[nodiscard]] bool is_invisible(char32_t code);  // zero width, directions, byte order mark
[[nodiscard]] bool is_blank(char32_t code);      // every kind of space
// Brackets, bullets, dots, arrows beyond ASCII: nothing that a local part may hold (RFC 6531 allows
// it, nobody has it).
[[nodiscard]] bool is_mark(char32_t code);
[[nodiscard]] bool is_dash(char32_t code);  // what looks like a hyphen and is none
[[nodiscard]] bool is_kana(char32_t code);  // hiragana, katakana, half-width katakana
[[nodiscard]] bool is_han(char32_t code);
[[nodiscard]] bool is_latin(char32_t code);
[[nodiscard]] bool is_cyrillic_or_greek(char32_t code);
// Full-width ASCII (U+FF01 to U+FF5E) becomes ASCII; all else stays.
[[nodiscard]] char32_t narrowed(char32_t code);

}  // namespace todoku::addresses
