// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sizes and waiting times as servers write them, as people read them. Pure, any thread.
#include "classifier/explain/messages.hpp"

#include <string>
#include <string_view>

namespace todoku::explain {

// Bytes in plain digits become "10 MB" (powers of 1024, at most one decimal); all else stays.
std::string readable_size(std::string_view value);
// "300 seconds", "5 min" in the words of [unit]; all else stays.
std::string readable_wait(const Catalog& catalog, std::string_view value);

}  // namespace todoku::explain
