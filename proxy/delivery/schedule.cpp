// SPDX-License-Identifier: Apache-2.0
// The wait after each attempt.
#include "proxy/delivery/schedule.hpp"

#include "proxy/delivery/wait_hint.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace todoku::delivery {

Time next_attempt(std::uint32_t attempts, const std::vector<std::chrono::milliseconds>& waits,
                  const smtp::Reply& reply, Time now, double chance) {
  BOOST_ASSERT(!waits.empty());
  const std::size_t made = std::max<std::uint32_t>(attempts, 1) - 1;
  std::chrono::milliseconds wait = waits[std::min(made, waits.size() - 1)];
  if (const auto named = wait_named_in(reply.text)) wait = *named;
  return now + wait + std::chrono::duration_cast<std::chrono::milliseconds>(wait * chance / 10);
}

}  // namespace todoku::delivery
