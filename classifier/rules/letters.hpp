// SPDX-License-Identifier: Apache-2.0
#pragma once

// One letter of UTF-8 text made plain: lower case (Latin, Cyrillic), straight quotes, plain hyphens
// and spaces, half-width forms. Never fails: a broken byte stands for itself. Pure, any thread.
#include <array>
#include <cstddef>
#include <string_view>

namespace todoku::rules {

struct Letter {
  std::array<char, 4> bytes{};
  std::size_t size = 0;   // 0: the letter has no width and is left out
  std::size_t taken = 1;  // bytes of the original, at least 1

  [[nodiscard]] std::string_view text() const { return {bytes.data(), size}; }
};

// What letter_at makes of an ASCII letter, which most are.
constexpr char plain_ascii(unsigned char c) {
  if (c <= 0x20 || c == 0x7F) return ' ';
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
}

// at < text.size().
Letter letter_at(std::string_view text, std::size_t at);

}  // namespace todoku::rules
