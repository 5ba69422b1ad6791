// SPDX-License-Identifier: Apache-2.0
// When an account's messages may be tried.
#include "proxy/relay/lane.hpp"

#include <algorithm>

namespace todoku::relay {

namespace {

// A client's message is tried at once even while the relay is thought to be down, for it may be
// back, and the client deserves the true answer. Only where another message has just looked, or
// the last look took long and is not old, the client is not made to wait through another one.
constexpr std::chrono::milliseconds just_now{100};
constexpr std::chrono::milliseconds fresh_look{5'000};
constexpr std::chrono::milliseconds long_look{1'000};

}  // namespace

Lane::Lane(const settings::Account& of, const settings::Settings& with)
    : account(of), settings(with), health(with.delivery.retry) {}

std::size_t Lane::free_places(store::Time now) const {
  // Where the clock was set back, the last one lies in the future and says nothing.
  if (now >= last_begun && now < last_begun + settings.delivery.spacing) return 0;
  // One connection is left to the clients, who are waiting for an answer.
  const std::size_t most = std::max<std::size_t>(2, settings.delivery.connections_per_account) - 1;
  const bool is_shut = health.is_down() && !has_way_round;
  const std::size_t allowed = is_shut ? 1 : most;
  if (under_way >= allowed || (is_shut && !health.may_try(now))) return 0;
  return settings.delivery.spacing.count() > 0 ? 1 : allowed - under_way;
}

void Lane::begins(store::Time now) {
  ++under_way;
  last_begun = now;
}

bool Lane::is_known_to_be_down(store::Time now) const {
  const auto fresh = last_trouble.took >= long_look ? fresh_look : just_now;
  const auto until = last_look + std::min(fresh, settings.delivery.retry.front());
  return health.is_down() && now >= last_look && now < until;
}

}  // namespace todoku::relay
