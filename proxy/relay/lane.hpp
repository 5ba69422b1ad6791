// SPDX-License-Identifier: Apache-2.0
#pragma once

// One account's place in the queue: whether its relay is in reach, how many of its messages are
// being tried, and who has to log in before more can be. A value of the queue's. I/O thread.
#include "proxy/delivery/path_health.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/records.hpp"

#include <cstddef>
#include <set>
#include <string>

namespace todoku::relay {

struct Lane {
  Lane(const settings::Account& of, const settings::Settings& with);

  // How many more attempts may begin now: one only while the relay is out of reach and a probe is
  // due; none before the spacing has passed.
  [[nodiscard]] std::size_t free_places(store::Time now) const;
  void begins(store::Time now);
  void ends() { --under_way; }
  // Out of reach at a look that is not old: another one would only make a client wait.
  [[nodiscard]] bool is_known_to_be_down(store::Time now) const;

  const settings::Account& account;
  const settings::Settings& settings;
  delivery::PathHealth health;
  delivery::Attempt last_trouble;
  store::Time last_look{};  // when the relay was last found out of reach
  store::Time last_begun{};
  std::size_t under_way = 0;
  bool is_known = false;       // an attempt has shown whether it is in reach
  bool has_way_round = false;  // mail may go by a fallback relay while this one is out of reach
  std::set<std::string> wants_login;  // users whose mail waits for their log-in
};

}  // namespace todoku::relay
