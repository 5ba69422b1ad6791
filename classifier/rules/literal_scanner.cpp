// SPDX-License-Identifier: Apache-2.0
#include "classifier/rules/literal_scanner.hpp"

#include <queue>

namespace todoku::rules {

namespace {
constexpr std::uint32_t no_state = 0xFFFFFFFF;
constexpr std::uint32_t ends_here =
    0x80000000;  // a literal ends in the state that this step leads to
}  // namespace

LiteralScanner::LiteralScanner(const std::vector<std::string>& literals) : count_(literals.size()) {
  for (const auto& literal : literals) {
    for (const char c : literal) {
      auto& klass = class_of_[static_cast<unsigned char>(c)];
      if (klass == 0 && classes_ < 255) klass = static_cast<std::uint8_t>(classes_++);
    }
  }
  add_state();
  for (std::size_t i = 0; i < literals.size(); ++i) add(literals[i], static_cast<int>(i));
  link();
}

std::uint32_t LiteralScanner::add_state() {
  const auto state = static_cast<std::uint32_t>(ends_at_.size());
  next_.insert(next_.end(), classes_, no_state);
  ends_at_.emplace_back();
  return state;
}

void LiteralScanner::add(const std::string& literal, int index) {
  std::uint32_t state = 0;
  for (const char c : literal) {
    const auto cell = state * classes_ + class_of_[static_cast<unsigned char>(c)];
    if (next_[cell] == no_state) {
      const auto created = add_state();  // may move next_
      next_[cell] = created;
    }
    state = next_[cell];
  }
  ends_at_[state].push_back(index);
}

// Fills every missing step with the step of the longest proper ending, breadth first.
void LiteralScanner::link() {
  std::vector<std::uint32_t> fallback(ends_at_.size(), 0);
  std::queue<std::uint32_t> waiting;
  for (std::size_t klass = 0; klass < classes_; ++klass) {
    auto& first = next_[klass];
    if (first == no_state) first = 0;
    if (first != 0) waiting.push(first);
  }
  while (!waiting.empty()) {
    const auto state = waiting.front();
    waiting.pop();
    const auto& inherited = ends_at_[fallback[state]];
    ends_at_[state].insert(ends_at_[state].end(), inherited.begin(), inherited.end());
    for (std::size_t klass = 0; klass < classes_; ++klass) {
      auto& step = next_[state * classes_ + klass];
      const auto otherwise = next_[fallback[state] * classes_ + klass];
      if (step == no_state) {
        step = otherwise;
      } else {
        fallback[step] = otherwise;
        waiting.push(step);
      }
    }
  }
  // Steps carry the mark themselves, so that most letters cost one look into one table.
  for (auto& step : next_) {
    if (!ends_at_[step].empty()) step |= ends_here;
  }
}

std::vector<int> LiteralScanner::find(std::string_view text) const {
  std::vector<int> found;
  if (count_ == 0) return found;
  found.reserve(64);
  std::vector<bool> seen(count_);
  std::size_t state = 0;
  for (const char c : text) {
    const auto step = next_[state * classes_ + class_of_[static_cast<unsigned char>(c)]];
    state = step & ~ends_here;
    if ((step & ends_here) == 0) continue;
    for (const int index : ends_at_[state]) {
      const auto place = static_cast<std::size_t>(index);
      if (seen[place]) continue;
      seen[place] = true;
      found.push_back(index);
    }
  }
  return found;
}

}  // namespace todoku::rules
