// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as far as routing needs them: that of a From line (RFC 5322 section 3.6.2; the first
// where there are several), and the domain of one. Pure.
#include <string>
#include <string_view>

namespace todoku::delivery {

// field: unfolded. Empty when there is none, or it makes no sense.
[[nodiscard]] std::string from_address(std::string_view field);
// Behind the last @, as written; empty = none. Lives as long as address.
[[nodiscard]] std::string_view domain_of(std::string_view address);

}  // namespace todoku::delivery
