// SPDX-License-Identifier: Apache-2.0
#pragma once

// Moments as date and time of day. format: as for strftime, 63 octets of result at most. Any
// thread, unlike the C library's own functions, which keep one result for all.
#include <chrono>
#include <string>

namespace todoku::platform {

[[nodiscard]] std::string utc_time(std::chrono::system_clock::time_point at, const char* format);
// In the time zone of the user.
[[nodiscard]] std::string local_time(std::chrono::system_clock::time_point at, const char* format);

}  // namespace todoku::platform
