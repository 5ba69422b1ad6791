// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/word_search.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace todoku::checks {
namespace {

bool is_latin(char c) {
  return mail::is_letter(c) || mail::is_digit(c);
}

bool is_whole_at(std::string_view text, std::size_t at, std::string_view word) {
  const auto end = at + word.size();
  const bool joins_before = is_latin(word.front()) && at > 0 && is_latin(text[at - 1]);
  const bool joins_behind = is_latin(word.back()) && end < text.size() && is_latin(text[end]);
  return !joins_before && !joins_behind;
}

// Of the four octets at the place. Setting the bit that small letters have makes both cases one;
// others that become equal are told apart when the word is compared.
std::size_t mark_of(const char* at) {
  std::uint32_t octets = 0;
  std::memcpy(&octets, at, sizeof(octets));
  return ((octets | 0x20202020U) * 2654435761U) >> 20U;
}

std::size_t pair_at(const char* at) {
  std::uint16_t octets = 0;
  std::memcpy(&octets, at, sizeof(octets));
  return octets | 0x2020U;
}

}  // namespace

std::size_t find_whole_word(std::string_view text, std::string_view word, std::size_t from) {
  for (auto at = mail::find_word(text, word, from); at != std::string_view::npos;
       at = mail::find_word(text, word, at + 1)) {
    if (is_whole_at(text, at, word)) return at;
  }
  return std::string_view::npos;
}

std::size_t character_number(std::string_view utf8, std::size_t offset) {
  const auto before = utf8.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::ranges::count_if(
                 before, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

WordSet::WordSet(std::vector<std::string> words) : words_(std::move(words)) {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const auto mark = mark_of(words_[i].data());
    begins_.set(mark);
    by_mark_.emplace_back(mark, i);
  }
  std::ranges::sort(by_mark_);
  learn_pairs();
}

void WordSet::learn_pairs() {
  if (words_.empty()) return;
  window_ = std::ranges::min_element(words_, {}, &std::string::size)->size();
  for (const auto& word : words_) {
    for (std::size_t i = 0; i + 2 <= window_; ++i) pairs_.set(pair_at(word.data() + i));
  }
}

std::optional<WordSet::Hit> WordSet::find(std::string_view text, std::size_t from) const {
  if (words_.empty() || text.size() < window_) return std::nullopt;
  const auto stride = window_ - 1;
  for (auto pair = from + stride - 1; pair + 2 <= text.size(); pair += stride) {
    if (!pairs_.test(pair_at(text.data() + pair))) continue;
    const auto last = std::min(pair, text.size() - window_);
    for (auto at = pair + 1 - stride; at <= last; ++at) {
      if (const auto* word = word_at(text, at)) return Hit{at, word};
    }
  }
  return std::nullopt;
}

const std::string* WordSet::word_at(std::string_view text, std::size_t at) const {
  const auto mark = mark_of(text.data() + at);
  if (!begins_.test(mark)) return nullptr;
  for (auto one = std::ranges::lower_bound(by_mark_, std::pair(mark, std::size_t{0}));
       one != by_mark_.end() && one->first == mark; ++one) {
    const auto& word = words_[one->second];
    const bool is_here = mail::same_word(text.substr(at, word.size()), word);
    if (is_here && is_whole_at(text, at, word)) return &word;
  }
  return nullptr;
}

}  // namespace todoku::checks
