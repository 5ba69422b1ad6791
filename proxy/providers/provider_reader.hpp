// SPDX-License-Identifier: Apache-2.0
#pragma once

// One file of config/providers. Text in, value out.
#include "proxy/providers/directory.hpp"

#include <vector>

namespace todoku::providers {

// What is wrong is added to `mistakes`, with line and key; the rest is read as far as possible.
[[nodiscard]] Provider read_provider(const ProviderText& source, std::vector<Mistake>& mistakes);

}  // namespace todoku::providers
