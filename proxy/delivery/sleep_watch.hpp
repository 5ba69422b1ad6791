// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the clock on the wall has jumped between two looks, against the steady clock: forward
// when the computer has slept, or the clock was put forward; back when it was set right (a computer
// with Windows beside Linux often starts hours ahead). Pure: both times are arguments.
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace todoku::delivery {

enum class ClockJump : std::uint8_t {
  none,
  forward,
  back
};

class SleepWatch {
 public:
  using Wall = std::chrono::sys_time<std::chrono::milliseconds>;
  using Steady = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds shortest{30};

  // At every look, the first one included.
  [[nodiscard]] ClockJump look(Wall wall, Steady steady) {
    const auto last = std::exchange(last_, Look{wall, steady});
    if (!last) return ClockJump::none;
    const auto jump = (wall - last->wall) - (steady - last->steady);
    if (jump > shortest) return ClockJump::forward;
    return jump < -shortest ? ClockJump::back : ClockJump::none;
  }

 private:
  struct Look {
    Wall wall;
    Steady steady;
  };
  std::optional<Look> last_;
};

}  // namespace todoku::delivery
