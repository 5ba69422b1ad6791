// SPDX-License-Identifier: Apache-2.0
#pragma once

// Many patterns against one text. A scan for the literals that a pattern cannot do without leaves a
// handful of patterns to try, each with its own bounded automaton; when that one runs out of memory
// the library goes on with the slower engine that needs none, so the answer is always complete.
// (One automaton for all patterns would be out of memory on long texts, and then say nothing at
// all.) The only place that names RE2. Pure; const calls from any thread.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::rules {

class PatternSet {
 public:
  PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

  // Numbers go up from 0. Returns what is wrong with the pattern, or nothing.
  [[nodiscard]] std::optional<std::string> add(std::string_view pattern);
  // After the last add(), before the first match().
  void compile();

  // The numbers of the patterns that may occur in the text, ascending: their literals do.
  [[nodiscard]] std::vector<int> candidates(std::string_view text) const;
  [[nodiscard]] bool occurs(int number, std::string_view text) const;
  // Where pattern `number` occurs first; {0, 0} = nowhere.
  [[nodiscard]] std::pair<std::size_t, std::size_t> where(int number, std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace todoku::rules
