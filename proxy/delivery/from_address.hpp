// SPDX-License-Identifier: Apache-2.0
#pragma once

// The address in a From line (RFC 5322 section 3.6.2), the first where there are several. Pure.
#include <string>
#include <string_view>

namespace todoku::delivery {

// field: unfolded. Empty when there is none, or it makes no sense.
[[nodiscard]] std::string from_address(std::string_view field);

}  // namespace todoku::delivery
