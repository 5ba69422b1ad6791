// SPDX-License-Identifier: Apache-2.0
#pragma once

// When a message is tried again. Pure: time and chance are arguments.
#include "proxy/delivery/path_health.hpp"
#include "proxy/smtp/reply.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace todoku::delivery {

// attempts: made so far, at least 1. waits: the last one repeats; not empty. A time that the reply
// names ("try again in 30 minutes") is kept to instead; behind a 421 or 4.7.x only when it is
// longer. chance: 0..1, adds up to a tenth.
[[nodiscard]] Time next_attempt(std::uint32_t attempts,
                                const std::vector<std::chrono::milliseconds>& waits,
                                const smtp::Reply& reply, Time now, double chance);
// The same, never behind the deadline: a last try is made then.
[[nodiscard]] Time next_attempt(std::uint32_t attempts,
                                const std::vector<std::chrono::milliseconds>& waits,
                                const smtp::Reply& reply, Time now, double chance, Time deadline);

}  // namespace todoku::delivery
