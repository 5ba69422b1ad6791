// SPDX-License-Identifier: Apache-2.0
#pragma once

// The wait that a server names in its reply: "try again in 30 minutes", "30分後に再送してください",
// "100 messages per hour exceeded" (the period of a limit). English and Japanese. Pure, linear
// time.
#include <chrono>
#include <optional>
#include <string_view>

namespace todoku::delivery {

constexpr std::chrono::hours longest_named_wait{24};

// 1 s to 24 h (longer ones are cut to that); the longest one where several are named. Numbers that
// are no waits (times of day, ports, sizes, addresses, dates, status codes) are not taken.
[[nodiscard]] std::optional<std::chrono::seconds> wait_named_in(std::string_view reply_text);

}  // namespace todoku::delivery
