// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/breaker.hpp"

namespace todoku::delivery {

bool Breaker::is_probing(Time now) const {
  return probe_since_ && now < *probe_since_ + longest_probe;
}

Breaker::State Breaker::state(Time now) const {
  if (!health_.is_down()) return State::closed;
  return health_.may_try(now) ? State::half_open : State::open;
}

bool Breaker::lets_through(Time now) const {
  return !health_.is_down() || (health_.may_try(now) && !is_probing(now));
}

void Breaker::begins(Time now) {
  if (health_.is_down()) probe_since_ = now;
}

void Breaker::reached() {
  probe_since_.reset();
  health_.reached();
}

void Breaker::out_of_reach(Time now, double chance) {
  probe_since_.reset();
  health_.out_of_reach(now, chance);
}

}  // namespace todoku::delivery
