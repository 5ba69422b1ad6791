// SPDX-License-Identifier: Apache-2.0
// Ranges from the Unicode Character Database 15.0 (Blocks.txt, PropList.txt); only what is met in
// addresses is told apart.
#include "proxy/addresses/unicode.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

std::size_t length_by_first(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

}  // namespace

Letter letter_at(std::string_view text, std::size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  const auto size = length_by_first(first);
  if (size == 1) return {first, 1, true};
  if (size == 0 || position + size > text.size()) return {first, 1, false};
  char32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[position + i]);
    if ((next & 0xC0U) != 0x80U) return {first, 1, false};
    code = (code << 6U) | (next & 0x3FU);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_valid =
      code >= smallest[size] && code <= 0x10FFFF && !is_between(code, 0xD800, 0xDFFF);
  if (!is_valid) return {first, 1, false};
  return {code, size, true};
}

Letter last_letter(std::string_view text) {
  std::size_t start = text.size() - 1;
  while (start > 0 && text.size() - start < 4 &&
         (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U)
    --start;
  const auto letter = letter_at(text, start);
  if (letter.is_valid && start + letter.size == text.size()) return letter;
  return {static_cast<unsigned char>(text.back()), 1, false};
}

void append(std::string& text, char32_t code) {
  const auto add = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6U));
    add(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12U));
    add(0x80 | ((code >> 6U) & 0x3FU));
    add(0x80 | (code & 0x3FU));
  } else {
    add(0xF0 | (code >> 18U));
    add(0x80 | ((code >> 12U) & 0x3FU));
    add(0x80 | ((code >> 6U) & 0x3FU));
    add(0x80 | (code & 0x3FU));
  }
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = letter_at(text, i);
    if (!letter.is_valid) return false;
    i += letter.size;
  }
  return true;
}

bool is_invisible(char32_t code) {
  return is_between(code, 0x200B, 0x200F) || is_between(code, 0x202A, 0x202E) ||
         is_between(code, 0x2060, 0x2069) || code == 0xFEFF || code == 0xAD || code == 0x180E ||
         is_between(code, 0xFE00, 0xFE0F) || code == 0x7F || code < 0x09 ||
         is_between(code, 0x0E, 0x1F) || is_between(code, 0x80, 0x9F);
}

bool is_blank(char32_t code) {
  return code == ' ' || is_between(code, 0x09, 0x0D) || code == 0xA0 ||
         is_between(code, 0x2000, 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
         code == 0x205F || code == 0x3000 || code == 0x1680 || code == 0x3164;
}

bool is_mark(char32_t code) {
  return is_between(code, 0xA1, 0xBF) || code == 0xD7 || code == 0xF7 ||
         is_between(code, 0x2010, 0x2027) || is_between(code, 0x2030, 0x205E) ||
         is_between(code, 0x2190, 0x2BFF) || is_between(code, 0x3001, 0x3004) ||
         is_between(code, 0x3008, 0x3020) || code == 0x3030 || code == 0x303D || code == 0x30FB ||
         is_between(code, 0xFF5F, 0xFF65) || is_between(code, 0xFE30, 0xFE6A) ||
         is_between(code, 0x1F000, 0x1FAFF);
}

bool is_dash(char32_t code) {
  return is_between(code, 0x2010, 0x2015) || code == 0x2212 || code == 0x2500 || code == 0x30FC ||
         code == 0xFF70 || code == 0xFE63 || code == 0xFE58;
}

bool is_kana(char32_t code) {
  return is_between(code, 0x3041, 0x3096) || is_between(code, 0x30A1, 0x30FA) || code == 0x30FC ||
         is_between(code, 0xFF66, 0xFF9F);
}

bool is_han(char32_t code) {
  return is_between(code, 0x3400, 0x9FFF) || code == 0x3005 || is_between(code, 0xF900, 0xFAFF) ||
         is_between(code, 0x20000, 0x3FFFF);
}

bool is_latin(char32_t code) {
  return is_between(code | 0x20U, 'a', 'z') ||
         (is_between(code, 0xC0, 0x24F) && code != 0xD7 && code != 0xF7) ||
         is_between(code, 0x1E00, 0x1EFF);
}

bool is_cyrillic_or_greek(char32_t code) {
  return is_between(code, 0x370, 0x52F) || is_between(code, 0x1F00, 0x1FFF);
}

char32_t narrowed(char32_t code) {
  return is_between(code, 0xFF01, 0xFF5E) ? code - 0xFEE0 : code;
}

}  // namespace todoku::addresses
