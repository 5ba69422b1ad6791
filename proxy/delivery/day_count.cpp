// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/day_count.hpp"

#include <chrono>
#include <cstddef>

namespace todoku::delivery {

namespace {

std::int64_t hour_of(Time time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

}  // namespace

void DayCount::add(Time now) {
  const auto number = hour_of(now);
  auto& hour = hours_[static_cast<std::size_t>(number % 24)];
  if (hour.number != number) hour = {number, 0};
  ++hour.count;
}

std::uint32_t DayCount::count(Time now) const {
  const auto number = hour_of(now);
  std::uint32_t sum = 0;
  for (const auto& hour : hours_) {
    if (hour.number > number - 24 && hour.number <= number) sum += hour.count;
  }
  return sum;
}

}  // namespace todoku::delivery
