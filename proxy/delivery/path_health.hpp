// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether one relay is in reach, as far as its last attempts have shown, and when it is worth
// asking again: a circuit breaker. While it is out of reach one probe at a time is allowed. Pure:
// time and chance are arguments.
#include <chrono>
#include <cstddef>
#include <vector>

namespace todoku::delivery {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

class PathHealth {
 public:
  // Probes are never further apart than this, however the waits grow.
  static constexpr std::chrono::minutes longest_pause{5};

  // waits between probes; the last one repeats. Not empty.
  explicit PathHealth(std::vector<std::chrono::milliseconds> waits);

  void reached();
  // chance: 0..1, spreads probes of many users.
  void out_of_reach(Time now, double chance);
  // The computer woke up, the network is back, or a person asks: probe at once.
  void ask_at_once(Time now);

  [[nodiscard]] bool is_down() const { return failures_ > 0; }
  [[nodiscard]] bool may_try(Time now) const { return !is_down() || now >= next_try_; }
  [[nodiscard]] Time next_try() const { return next_try_; }  // meaningful while down
  [[nodiscard]] Time down_since() const { return down_since_; }

 private:
  std::vector<std::chrono::milliseconds> waits_;
  std::size_t failures_ = 0;  // in a row
  Time down_since_{};
  Time next_try_{};
};

}  // namespace todoku::delivery
