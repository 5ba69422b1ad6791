// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts against a limit of messages per day. Pure: time is an argument.
#include "proxy/delivery/path_health.hpp"

#include <array>
#include <cstdint>

namespace todoku::delivery {

// What happened in the last 24 hours, to the hour. A value.
class DayCount {
 public:
  void add(Time now);
  [[nodiscard]] std::uint32_t count(Time now) const;

 private:
  struct Hour {
    std::int64_t number = -1;  // hours since 1970
    std::uint32_t count = 0;
  };
  std::array<Hour, 24> hours_{};
};

}  // namespace todoku::delivery
