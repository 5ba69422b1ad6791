// SPDX-License-Identifier: Apache-2.0
#pragma once

// Letters, words and blanks of protocol text: ASCII only, whatever the locale. Pure, any thread.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace todoku::mail {

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
[[nodiscard]] constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// Equal but for the case of letters.
[[nodiscard]] constexpr bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

[[nodiscard]] constexpr bool begins_with(std::string_view text, std::string_view begin) {
  return text.size() >= begin.size() && same_word(text.substr(0, begin.size()), begin);
}

// Position of word in text, whatever its case; npos when it is not there. word: lower case.
[[nodiscard]] inline std::size_t find_word(std::string_view text, std::string_view word,
                                           std::size_t from = 0) {
  constexpr auto npos = std::string_view::npos;
  if (word.empty() || text.size() < word.size()) return npos;
  // The library finds what has no cases many octets at a time.
  const auto sign =
      static_cast<std::size_t>(std::ranges::find_if_not(word, is_letter) - word.begin());
  if (sign < word.size()) {
    for (auto i = text.find(word[sign], from + sign); i != npos; i = text.find(word[sign], i + 1)) {
      if (same_word(text.substr(i - sign, word.size()), word)) return i - sign;
    }
    return npos;
  }
  for (std::size_t i = from; i + word.size() <= text.size(); ++i) {
    if (lower(text[i]) == word.front() && same_word(text.substr(i, word.size()), word)) return i;
  }
  return npos;
}

[[nodiscard]] inline bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}

[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

[[nodiscard]] inline std::string lower_copy(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

// Octets at the beginning that are plain ASCII: many at a time, since most text is nothing else.
[[nodiscard]] inline std::size_t ascii_prefix(std::string_view text) {
  const auto high_bits = [text](std::size_t at) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, text.data() + at, 8);
    return octets & 0x8080808080808080U;
  };
  std::size_t at = 0;
  while (at + 32 <= text.size() &&
         (high_bits(at) | high_bits(at + 8) | high_bits(at + 16) | high_bits(at + 24)) == 0)
    at += 32;
  while (at + 8 <= text.size() && high_bits(at) == 0) at += 8;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

[[nodiscard]] inline bool is_plain_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}

// Cuts the first line (without its line feed) off text.
inline std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace todoku::mail
