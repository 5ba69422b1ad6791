// SPDX-License-Identifier: Apache-2.0
#pragma once

// A circuit breaker for one relay: closed while it answers, open after it was found out of reach,
// half open when a probe is due. Then one message is let through, and its fate decides. Pure: time
// and chance are arguments.
#include "proxy/delivery/path_health.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace todoku::delivery {

class Breaker {
 public:
  enum class State : std::uint8_t {
    closed,     // everything is let through
    open,       // nothing is
    half_open,  // one probe is
  };
  // A probe that tells nothing for so long has been lost; another one may go.
  static constexpr std::chrono::minutes longest_probe{10};

  // waits between probes, as for PathHealth.
  explicit Breaker(std::vector<std::chrono::milliseconds> waits) : health_(std::move(waits)) {}

  [[nodiscard]] State state(Time now) const;
  [[nodiscard]] bool lets_through(Time now) const;
  // An attempt that was let through begins; each ends with one of the three below.
  void begins(Time now);
  void reached();
  void out_of_reach(Time now, double chance);
  void told_nothing() { probe_since_.reset(); }  // given up before the relay could answer
  // The computer woke up, the network is back, or a person asks.
  void ask_at_once(Time now) { health_.ask_at_once(now); }

  [[nodiscard]] Time down_since() const { return health_.down_since(); }  // unless closed
  [[nodiscard]] Time next_probe() const { return health_.next_try(); }    // unless closed

 private:
  [[nodiscard]] bool is_probing(Time now) const;
  PathHealth health_;
  std::optional<Time> probe_since_;
};

}  // namespace todoku::delivery
