// SPDX-License-Identifier: Apache-2.0
#pragma once

// The id of a message: 12 characters of Crockford base32 (40 bits of time in 1/16 s, 20 bits of
// chance), shown in the 250 reply, in every log line and in the Received header. Sorts by time.
// Pure: time and chance are arguments.
#include <chrono>
#include <cstdint>
#include <string>

namespace todoku::delivery {

[[nodiscard]] std::string make_message_id(std::chrono::system_clock::time_point now,
                                          std::uint32_t chance);

}  // namespace todoku::delivery
