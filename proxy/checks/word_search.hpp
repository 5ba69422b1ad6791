// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words in a text, whatever their case. A word of Latin letters is found only as a whole word; a
// Japanese one wherever it stands. Pure.
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

// Many words, all looked for in one walk over the text: every message is walked over. Of each word
// one piece is looked for, its window; all windows are as long as the shortest word. The walk looks
// at three octets (a Japanese character, three letters) and leaps on, so far that every window is
// looked at once. A table says for any three octets how far before them windows may begin.
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
  static constexpr std::size_t longest_stride = 8;
  struct Window {
    std::size_t four = 0;   // a hash of its first four octets
    std::size_t word = 0;   // index in words_
    std::size_t begin = 0;  // octets of the word before it
  };
  struct Search {
    std::string_view text;
    std::size_t from = 0;
    std::size_t end = 0;     // behind it no window is of use
    std::optional<Hit> hit;  // the first so far
  };

  void learn(std::size_t index);
  [[nodiscard]] std::size_t new_threes(const std::string& word, std::size_t window) const;
  void look_before(std::size_t look, Search& search) const;
  void try_window(std::size_t at, Search& search) const;

  std::vector<std::string> words_;
  std::vector<Window> by_window_;  // sorted by four
  std::size_t reach_ = 0;          // the most octets before a window
  std::size_t stride_ = 1;         // octets from one look to the next
  // By a hash of three octets. Bit n: a window may have begun n octets before them.
  std::array<std::uint8_t, 8192> leads_{};
  std::bitset<4096> windows_;  // which hashes of four there are
};

}  // namespace todoku::checks
