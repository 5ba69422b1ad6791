// SPDX-License-Identifier: Apache-2.0

// Edit distance with three rows; words are short, so long input is simply "not near".
#include "proxy/settings/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace todoku::settings {
namespace {

constexpr std::size_t longest = 64;
using Line = std::array<std::size_t, longest + 1>;

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  if (left.size() > longest || right.size() > longest) return SIZE_MAX;
  Line before{};
  Line above{};
  Line line{};
  for (std::size_t j = 0; j <= right.size(); ++j) line[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    before = above;
    above = line;
    line[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      line[j] = std::min(std::min(above[j] + 1, line[j - 1] + 1), replaced);
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        line[j] = std::min(line[j], before[j - 2] + 1);
    }
  }
  return line[right.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> words) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : words) {
    const auto longer = std::max(word.size(), candidate.size());
    const auto shorter = std::min(word.size(), candidate.size());
    if (longer - shorter >= least) continue;  // cannot be nearer; keeps files full of rubbish quick
    const auto distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace todoku::settings
