// SPDX-License-Identifier: Apache-2.0
#pragma once

// How likely one name was typed for another: Damerau-Levenshtein with a price for each slip of hand
// or eye. Pure, any thread.
#include <string_view>

namespace todoku::addresses {

// In hundredths of "one unrelated letter", so that sums stay whole numbers.
using Cost = int;
inline constexpr Cost too_far = 100'000;
inline constexpr std::size_t longest_compared = 64;  // bytes; a longer name is too_far

// typed, meant: lower-case ASCII. Gives up with too_far once it is clear that the cost is above
// `most`.
[[nodiscard]] Cost typing_cost(std::string_view typed, std::string_view meant, Cost most = too_far);

}  // namespace todoku::addresses
