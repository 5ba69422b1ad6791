// SPDX-License-Identifier: Apache-2.0
// The wait after each attempt.
#include "proxy/delivery/schedule.hpp"

#include "proxy/delivery/wait_hint.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace todoku::delivery {

namespace {

// A server that limits or distrusts us (421, 4.7.x): asking sooner than planned makes it worse,
// whatever its text promises.
bool wants_patience(const smtp::Reply& reply) {
  return reply.code == 421 || reply.status.starts_with("4.7.");
}

}  // namespace

Time next_attempt(std::uint32_t attempts, const std::vector<std::chrono::milliseconds>& waits,
                  const smtp::Reply& reply, Time now, double chance) {
  BOOST_ASSERT(!waits.empty());
  const std::size_t made = std::max<std::uint32_t>(attempts, 1) - 1;
  std::chrono::milliseconds wait = waits[std::min(made, waits.size() - 1)];
  if (const auto named = wait_named_in(reply.text)) {
    const std::chrono::milliseconds asked = *named;
    wait = wants_patience(reply) ? std::max(wait, asked) : asked;
  }
  const double share = std::clamp(chance, 0.0, 1.0) / 10;
  return now + wait + std::chrono::duration_cast<std::chrono::milliseconds>(wait * share);
}

Time next_attempt(std::uint32_t attempts, const std::vector<std::chrono::milliseconds>& waits,
                  const smtp::Reply& reply, Time now, double chance, Time deadline) {
  return std::min(next_attempt(attempts, waits, reply, now, chance), std::max(deadline, now));
}

}  // namespace todoku::delivery
