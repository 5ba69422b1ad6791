// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/word_search.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

bool is_latin(char c) {
  return mail::is_letter(c) || mail::is_digit(c);
}

}  // namespace

std::size_t find_whole_word(std::string_view text, std::string_view word, std::size_t from) {
  for (auto at = mail::find_word(text, word, from); at != std::string_view::npos;
       at = mail::find_word(text, word, at + 1)) {
    const auto end = at + word.size();
    const bool joins_before = is_latin(word.front()) && at > 0 && is_latin(text[at - 1]);
    const bool joins_behind = is_latin(word.back()) && end < text.size() && is_latin(text[end]);
    if (!joins_before && !joins_behind) return at;
  }
  return std::string_view::npos;
}

std::size_t character_number(std::string_view utf8, std::size_t offset) {
  const auto before = utf8.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::ranges::count_if(
                 before, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace todoku::checks
