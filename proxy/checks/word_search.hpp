// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words in a text, whatever their case. A word of Latin letters is found only as a whole word; a
// Japanese one wherever it stands. Pure.
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::checks {

// word: lower case. npos when it is not there.
[[nodiscard]] std::size_t find_whole_word(std::string_view text, std::string_view word,
                                          std::size_t from = 0);
[[nodiscard]] inline bool has_whole_word(std::string_view text, std::string_view word) {
  return find_whole_word(text, word) != std::string_view::npos;
}
// The characters before offset, plus one: a place for people.
[[nodiscard]] std::size_t character_number(std::string_view utf8, std::size_t offset);

// Many words, all looked for in one walk over the text: every message is walked over. Only some
// pairs of octets are looked at, so far apart that every word holds one of them; where a pair is
// one that words have, the places around it are looked at closely.
class WordSet {
 public:
  static constexpr std::size_t shortest = 4;  // octets of a word

  // Lower case, at least shortest octets each.
  WordSet() = default;
  explicit WordSet(std::vector<std::string> words);

  struct Hit {
    std::size_t at = 0;
    const std::string* word = nullptr;  // of this set
  };
  // The first whole word at or behind from; of several at one place the first of the list.
  [[nodiscard]] std::optional<Hit> find(std::string_view text, std::size_t from = 0) const;
  [[nodiscard]] bool empty() const { return words_.empty(); }

 private:
  static constexpr std::size_t marks = 4096;
  void learn_pairs();
  [[nodiscard]] const std::string* word_at(std::string_view text, std::size_t at) const;

  std::vector<std::string> words_;
  std::size_t window_ = shortest;  // octets of the shortest word
  std::bitset<65536> pairs_;   // two octets that follow each other in the first window of a word
  std::bitset<marks> begins_;  // how words begin, by a hash of their first octets
  std::vector<std::pair<std::size_t, std::size_t>> by_mark_;  // hash, index in words_; sorted
};

}  // namespace todoku::checks
