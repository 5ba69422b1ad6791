// SPDX-License-Identifier: Apache-2.0
// The pauses between probes.
#include "proxy/delivery/path_health.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <utility>

namespace todoku::delivery {

PathHealth::PathHealth(std::vector<std::chrono::milliseconds> waits) : waits_(std::move(waits)) {
  BOOST_ASSERT(!waits_.empty());
}

void PathHealth::reached() {
  failures_ = 0;
}

void PathHealth::out_of_reach(Time now, double chance) {
  // Messages under way at the same time find the same trouble out: that is one failure.
  if (is_down() && now < next_try_) return;
  if (!is_down()) down_since_ = now;
  const auto place = std::min(failures_, waits_.size() - 1);
  const auto wait = std::min<std::chrono::milliseconds>(waits_[place], longest_pause);
  ++failures_;
  next_try_ =
      now + wait + std::chrono::duration_cast<std::chrono::milliseconds>(wait * chance / 10);
}

void PathHealth::ask_at_once(Time now) {
  if (!is_down()) return;
  next_try_ = now;
  failures_ = 1;
}

}  // namespace todoku::delivery
