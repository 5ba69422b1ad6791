// SPDX-License-Identifier: Apache-2.0
// When an account's messages may be tried.
#include "proxy/relay/lane.hpp"

#include <algorithm>

namespace todoku::relay {

namespace {

// A client's message goes out at once even while the relay is thought to be down, if the last look
// is older than this: it may be back, and the client deserves the true answer.
constexpr std::chrono::seconds fresh_look{5};

}  // namespace

Lane::Lane(const settings::Account& of, const settings::Settings& with)
    : account(of), settings(with), health(with.delivery.retry) {}

std::size_t Lane::free_places(store::Time now) const {
  if (now < last_begun + settings.delivery.spacing) return 0;
  // One connection is left to the clients, who are waiting for an answer.
  const std::size_t most = std::max<std::size_t>(2, settings.delivery.connections_per_account) - 1;
  const std::size_t allowed = health.is_down() ? 1 : most;
  if (under_way >= allowed || (health.is_down() && !health.may_try(now))) return 0;
  return settings.delivery.spacing.count() > 0 ? 1 : allowed - under_way;
}

void Lane::begins(store::Time now) {
  ++under_way;
  last_begun = now;
}

bool Lane::is_known_to_be_down(store::Time now) const {
  return health.is_down() && now < last_look + fresh_look;
}

}  // namespace todoku::relay
