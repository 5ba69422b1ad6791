// SPDX-License-Identifier: Apache-2.0
// Which accounts' relays are in reach: what attempts have shown, what people are told of it, and
// what goes at once when one is back.
#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/queue.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

const delivery::Attempt* Queue::known_trouble(const settings::Account& account) {
  auto& lane = lane_of(account);
  // With another way at hand, only a probe that is due asks a relay that is out of reach.
  const bool waits_for_probe = lane.has_way_round && !lane.health.may_try(now());
  return waits_for_probe || lane.is_known_to_be_down(now()) ? &lane.last_trouble : nullptr;
}

asio::awaitable<Journey> Queue::carry(std::shared_ptr<submission::Outgoing> message) {
  const auto& account = *message->account;
  std::optional<delivery::Attempt> known;
  if (const auto* trouble = known_trouble(account)) known = *trouble;
  const auto* not_asked = known ? &*known : nullptr;
  auto journey = co_await paths_.carry(std::move(message), not_asked);
  if (journey.usual) saw(account, *journey.usual);
  co_return journey;
}

void Queue::saw(const settings::Account& account, const delivery::Attempt& attempt) {
  auto& lane = lane_of(account);
  const bool was_down = lane.health.is_down();
  if (delivery::is_out_of_reach(attempt)) {
    lane.health.out_of_reach(now(), chance());
    lane.last_trouble = attempt;
    lane.last_look = now();
  } else if (attempt.obstacle != delivery::Obstacle::given_up &&
             attempt.obstacle != delivery::Obstacle::local_trouble) {
    lane.health.reached();
  }
  const bool is_first = !std::exchange(lane.is_known, true);
  if (was_down == lane.health.is_down() && !is_first) return;
  store::Changes changes;
  changes.push_back(reach_of(name_of(account.upstream), attempt, !lane.health.is_down()));
  keeping_.store.write_behind(std::move(changes));
  tell_of_reach();
  if (was_down) {
    around_.rooms.start("queue.hasten", hasten(lane, ""));
  }
}

// One event for "the network is gone", not one for each account.
void Queue::tell_of_reach() {
  const bool is_offline =
      std::ranges::all_of(lanes_, [](const auto& lane) { return lane->health.is_down(); });
  if (is_offline == std::exchange(was_offline_, is_offline)) return;
  store::StoredEvent event;
  event.at = now();
  event.kind = is_offline ? store::EventKind::offline : store::EventKind::online;
  write_event(std::move(event));
  around_.log.write(platform::LogLevel::warning, is_offline ? "queue.offline" : "queue.online", "",
                    {});
}

asio::awaitable<void> Queue::hasten(Lane& lane, std::string user, store::Hasten which) {
  const auto failed =
      co_await keeping_.store.hasten(lane.account.name, std::move(user), now(), which);
  if (failed) log_trouble("queue.not_hastened", "", failed);
  wake();
}

void Queue::network_is_back() {
  paths_.fallbacks().ask_at_once();
  for (auto& lane : lanes_) {
    if (!lane->health.is_down()) continue;
    lane->health.ask_at_once(now());
    around_.rooms.start("queue.hasten", hasten(*lane, ""));
  }
  wake();
}

void Queue::login_known(const settings::Account& account, const std::string& user) {
  auto& lane = lane_of(account);
  if (lane.wants_login.erase(user) > 0) {
    around_.rooms.start("queue.hasten", hasten(lane, user));
  }
}

}  // namespace todoku::relay
