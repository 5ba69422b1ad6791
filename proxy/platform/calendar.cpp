// SPDX-License-Identifier: Apache-2.0
#include "proxy/platform/calendar.hpp"

#include <array>
#include <ctime>

namespace todoku::platform {

namespace {

std::string formatted(const std::tm& time, const char* format) {
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &time)};
}

}  // namespace

std::string utc_time(std::chrono::system_clock::time_point at, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm time{};
#ifdef _WIN32
  gmtime_s(&time, &seconds);
#else
  gmtime_r(&seconds, &time);
#endif
  return formatted(time, format);
}

std::string local_time(std::chrono::system_clock::time_point at, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm time{};
#ifdef _WIN32
  localtime_s(&time, &seconds);
#else
  localtime_r(&seconds, &time);
#endif
  return formatted(time, format);
}

}  // namespace todoku::platform
