// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/word_search.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <numeric>
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

bool is_word_at(std::string_view text, std::size_t at, std::string_view word) {
  return mail::same_word(text.substr(at, word.size()), word) && is_whole_at(text, at, word);
}

std::uint32_t octets_at(const char* at) {
  std::uint32_t octets = 0;
  std::memcpy(&octets, at, sizeof(octets));
  return octets;
}

// Setting the bit that small letters have makes both cases one; others that become equal are told
// apart when the word is compared.
std::size_t four_of(const char* at) {
  return ((octets_at(at) | 0x20202020U) * 2654435761U) >> 20U;
}

// The fourth octet counts for nothing when all of its bits are set.
std::size_t three_of(const char* at) {
  constexpr bool is_last_highest = std::endian::native == std::endian::little;
  constexpr std::uint32_t alike = is_last_highest ? 0xff202020U : 0x202020ffU;
  return ((octets_at(at) | alike) * 2654435761U) >> 19U;
}

// The end of a string is followed by an octet that may be read.
std::size_t three_in(const std::string& word, std::size_t at) {
  return three_of(word.data() + at);
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
  if (words_.empty()) return;
  const auto least = std::ranges::min_element(words_, {}, &std::string::size)->size();
  stride_ = std::min(least - 2, longest_stride);
  std::vector<std::size_t> order(words_.size());
  std::iota(order.begin(), order.end(), 0U);
  // Those with the least choice first.
  std::ranges::stable_sort(order, {}, [this](std::size_t i) { return words_[i].size(); });
  for (const auto i : order) learn(i);
  std::ranges::sort(by_window_, {}, &Window::four);
}

// The window that adds least to the table: phrases of a list are much alike ("attached").
void WordSet::learn(std::size_t index) {
  const auto& word = words_[index];
  std::size_t begin = 0;
  auto fewest = new_threes(word, begin);
  for (std::size_t i = 1; i + stride_ + 2 <= word.size() && fewest > 0; ++i) {
    const auto count = new_threes(word, i);
    if (count < fewest) begin = i;
    fewest = std::min(count, fewest);
  }
  for (std::size_t i = 0; i < stride_; ++i)
    leads_[three_in(word, begin + i)] |= static_cast<std::uint8_t>(1U << i);
  const auto four = four_of(word.data() + begin);
  windows_.set(four);
  by_window_.push_back({four, index, begin});
  reach_ = std::max(reach_, begin);
}

std::size_t WordSet::new_threes(const std::string& word, std::size_t window) const {
  std::size_t count = 0;
  for (auto i = window; i < window + stride_; ++i) count += leads_[three_in(word, i)] == 0 ? 1 : 0;
  return count;
}

std::optional<WordSet::Hit> WordSet::find(std::string_view text, std::size_t from) const {
  if (words_.empty()) return std::nullopt;
  constexpr std::size_t looks = 4;  // at once, since most find nothing
  const auto* octets = text.data();
  Search search{text, from, text.size(), {}};
  auto look = from + stride_ - 1;
  for (; look + (looks - 1) * stride_ + shortest <= search.end; look += looks * stride_) {
    const auto* at = octets + look;
    const auto leads = leads_[three_of(at)] | leads_[three_of(at + stride_)] |
                       leads_[three_of(at + 2 * stride_)] | leads_[three_of(at + 3 * stride_)];
    if (leads == 0) continue;
    for (std::size_t i = 0; i < looks; ++i) look_before(look + i * stride_, search);
  }
  // What is left is shorter than a few looks.
  for (auto at = look + 1 - stride_; at + shortest <= search.end; ++at) try_window(at, search);
  return search.hit;
}

void WordSet::look_before(std::size_t look, Search& search) const {
  for (unsigned leads = leads_[three_of(search.text.data() + look)]; leads != 0; leads &= leads - 1)
    try_window(look - static_cast<std::size_t>(std::countr_zero(leads)), search);
}

void WordSet::try_window(std::size_t at, Search& search) const {
  const auto four = four_of(search.text.data() + at);
  if (!windows_.test(four)) return;
  for (auto one = std::ranges::lower_bound(by_window_, four, {}, &Window::four);
       one != by_window_.end() && one->four == four; ++one) {
    if (at < search.from + one->begin) continue;
    const Hit hit{at - one->begin, &words_[one->word]};
    const bool is_first = !search.hit || hit.at < search.hit->at ||
                          (hit.at == search.hit->at && hit.word < search.hit->word);
    if (!is_first || !is_word_at(search.text, hit.at, *hit.word)) continue;
    search.hit = hit;
    search.end = std::min(search.text.size(), hit.at + reach_ + shortest);
  }
}

}  // namespace todoku::checks
