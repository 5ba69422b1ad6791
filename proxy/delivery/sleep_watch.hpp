// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the computer has slept between two looks: the clock on the wall went on and the steady
// clock did not. A clock that was put forward looks the same, and does no harm. Pure: both times
// are arguments.
#include <chrono>
#include <optional>
#include <utility>

namespace todoku::delivery {

class SleepWatch {
 public:
  using Wall = std::chrono::sys_time<std::chrono::milliseconds>;
  using Steady = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds shortest{30};

  // At every look, the first one included.
  bool has_slept(Wall wall, Steady steady) {
    const auto last = std::exchange(last_, Look{wall, steady});
    return last && (wall - last->wall) - (steady - last->steady) > shortest;
  }

 private:
  struct Look {
    Wall wall;
    Steady steady;
  };
  std::optional<Look> last_;
};

}  // namespace todoku::delivery
