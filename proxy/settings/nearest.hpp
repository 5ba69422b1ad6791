// SPDX-License-Identifier: Apache-2.0
#pragma once

// "Did you mean ...?": the nearest of a few words by edit distance. Pure.
#include <cstddef>
#include <span>
#include <string_view>

namespace todoku::settings {

// Insertions, deletions, replacements and swaps of neighbours, each 1.
std::size_t edit_distance(std::string_view left, std::string_view right);
// Empty = none is near enough (a third of the word, at least 1, may differ).
std::string_view nearest(std::string_view word, std::span<const std::string_view> words);

}  // namespace todoku::settings
