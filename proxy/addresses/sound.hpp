// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a name sounds to a Japanese ear: "sohutobanku" and "softbank" are one. Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::addresses {

// name: lower-case ASCII. Equal results sound alike; the result is no spelling.
[[nodiscard]] std::string sound_of(std::string_view name);

}  // namespace todoku::addresses
