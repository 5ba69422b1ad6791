// SPDX-License-Identifier: Apache-2.0
#pragma once

// The form in which small records are kept, told and handed over: names of fields, and their texts.
#include <string>
#include <utility>
#include <vector>

namespace todoku::delivery {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

}  // namespace todoku::delivery
