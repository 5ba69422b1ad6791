// SPDX-License-Identifier: Apache-2.0
#include "classifier/rules/pattern_set.hpp"

#include "classifier/rules/literal_scanner.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

namespace todoku::rules {

namespace {

constexpr int shortest_literal = 3;
constexpr std::int64_t bytes_per_pattern =
    1024 * 1024;  // at most; program and automaton of one pattern

re2::RE2::Options options() {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(bytes_per_pattern);
  options.set_never_capture(true);
  return options;
}

}  // namespace

struct PatternSet::Compiled {
  re2::FilteredRE2 patterns{shortest_literal};
  LiteralScanner literals;
};

PatternSet::PatternSet() : compiled_(std::make_unique<Compiled>()) {}
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

std::optional<std::string> PatternSet::add(std::string_view pattern) {
  const re2::StringPiece piece(pattern.data(), pattern.size());
  int number = 0;
  if (compiled_->patterns.Add(piece, options(), &number) == re2::RE2::NoError) return std::nullopt;
  const re2::RE2 refused(piece, options());  // again, for the words of the error
  return refused.ok() ? "cannot be compiled" : refused.error();
}

void PatternSet::compile() {
  if (compiled_->patterns.NumRegexps() == 0) return;
  std::vector<std::string> literals;
  compiled_->patterns.Compile(&literals);
  compiled_->literals = LiteralScanner(literals);
}

std::vector<int> PatternSet::candidates(std::string_view text) const {
  std::vector<int> numbers;
  const auto& patterns = compiled_->patterns;
  if (patterns.NumRegexps() == 0) return numbers;
  patterns.AllPotentials(compiled_->literals.find(text), &numbers);
  return numbers;
}

bool PatternSet::occurs(int number, std::string_view text) const {
  const re2::StringPiece piece(text.data(), text.size());
  return re2::RE2::PartialMatch(piece, compiled_->patterns.GetRE2(number));
}

std::pair<std::size_t, std::size_t> PatternSet::where(int number, std::string_view text) const {
  const re2::StringPiece piece(text.data(), text.size());
  re2::StringPiece part;
  const auto& pattern = compiled_->patterns.GetRE2(number);
  if (!pattern.Match(piece, 0, piece.size(), re2::RE2::UNANCHORED, &part, 1)) return {0, 0};
  const auto begin = static_cast<std::size_t>(part.data() - piece.data());
  return {begin, begin + part.size()};
}

}  // namespace todoku::rules
