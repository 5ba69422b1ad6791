// SPDX-License-Identifier: Apache-2.0
// The pool of one account: idle connections by credentials, one prepared spare, a cap, and a queue
// of those who wait. A connection that comes back goes straight to the first waiter with the same
// credentials.
#include "proxy/relay/upstream.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

// A connection is worth more to those who share its credentials than a place in the queue; but
// nobody is passed over for ever.
constexpr unsigned max_passed_over = 8;

}  // namespace

struct Upstream::Waiter {
  explicit Waiter(asio::any_io_executor executor, smtp::Credentials who)
      : credentials(std::move(who)), turn(std::move(executor)) {}
  smtp::Credentials credentials;
  net::Signal turn;
  std::unique_ptr<Connection> connection;  // handed over, ready
  bool has_slot = false;                   // may dial
  unsigned passed_over = 0;                // connections handed to others behind this one
};

Lease::~Lease() {
  if (!connection) return;
  auto& leased = upstream->leased_;
  if (const auto mine = std::ranges::find(leased, connection->credentials());
      mine != leased.end()) {
    leased.erase(mine);
  }
  connection->close();
  connection.reset();
  upstream->connection_ended();
}

Upstream::Upstream(const settings::Account& account, Surroundings& around)
    : account_(account),
      around_(around),
      detour_(account.upstream, around),
      spare_ready_(around.rooms.executor()) {}

void Upstream::prepare() {
  if (!around_.settings.delivery.keep_warm) return;
  if (spare_ || is_dialling_spare_ || !idle_.empty() || open_ > 0) return;
  is_dialling_spare_ = true;
  ++open_;
  around_.rooms.start("relay.prepare", dial_spare());
}

asio::awaitable<void> Upstream::dial_spare() {
  std::unique_ptr<Connection> dialled;
  const auto failed = co_await dial_into(dialled);
  is_dialling_spare_ = false;
  const bool is_awaited = std::exchange(is_spare_awaited_, false);
  if (failed) {
    if (is_awaited) spare_failure_ = failed;
    connection_ended();
  } else {
    spare_ = std::move(dialled);
    hand_slot_on();
  }
  spare_ready_.notify_all();
}

asio::awaitable<std::optional<NoConnection>> Upstream::dial_into(
    std::unique_ptr<Connection>& place) {
  auto dialled = co_await detour_.dial();
  if (auto* failed = std::get_if<delivery::Attempt>(&dialled)) {
    around_.log.write(platform::LogLevel::warning, "relay.not_reached", "",
                      {{"relay", failed->relay},
                       {"phase", smtp::to_string(failed->phase)},
                       {"reply", smtp::to_line(failed->reply)},
                       {"detail", failed->detail}});
    NoConnection none;
    none.attempt = std::move(*failed);
    co_return none;
  }
  place = std::move(std::get<std::unique_ptr<Connection>>(dialled));
  if (!offered_ || !(*offered_ == place->capabilities())) {
    offered_ = place->capabilities();
    offer_has_changed_ = true;
  }
  if (around_.log.wants(platform::LogLevel::debug)) {
    around_.log.write(platform::LogLevel::debug, "relay.connected", "",
                      {{"relay", name_of(account_.upstream)}});
  }
  co_return std::nullopt;
}

bool Upstream::offer_has_changed() {
  return std::exchange(offer_has_changed_, false);
}

std::unique_ptr<Connection> Upstream::take_idle(const smtp::Credentials& credentials) {
  for (std::size_t i = idle_.size(); i-- > 0;) {  // the one used last is the freshest
    if (!(idle_[i]->credentials() == credentials)) continue;
    auto taken = std::move(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (taken->is_fit()) return taken;
    taken->close();
    connection_ended();
    i = std::min(i, idle_.size());  // connection_ended may have changed the list
  }
  return nullptr;
}

std::unique_ptr<Connection> Upstream::take_spare() {
  if (!spare_) return nullptr;
  auto taken = std::move(spare_);
  if (taken->is_fit()) return taken;
  taken->close();
  connection_ended();
  return nullptr;
}

// One idle connection of somebody else makes room for a new one.
bool Upstream::make_room() {
  if (open_ < around_.settings.delivery.connections_per_account) return true;
  if (idle_.empty()) return false;
  idle_.front()->close();
  idle_.erase(idle_.begin());
  --open_;
  return true;
}

asio::awaitable<Acquired> Upstream::acquire(smtp::Credentials credentials) {
  if (auto idle = take_idle(credentials)) {
    leased_.push_back(credentials);
    co_return Lease(*this, std::move(idle), true);
  }
  if (is_dialling_spare_ && !is_spare_awaited_) {
    is_spare_awaited_ = true;
    const wire::Duration no_limit{0};
    co_await spare_ready_.wait(no_limit);
    // Somebody who has waited through one failure is not made to wait through a second one.
    if (auto failed = std::exchange(spare_failure_, std::nullopt)) co_return std::move(*failed);
  }
  auto connection = take_spare();
  if (!connection) {
    if (waiting_.empty() && make_room()) {
      ++open_;
    } else {
      auto waiter = std::make_shared<Waiter>(around_.rooms.executor(), credentials);
      const bool has_turn = co_await wait_for_turn(waiter);
      if (!has_turn) {
        NoConnection busy;
        busy.attempt.relay = name_of(account_.upstream);
        busy.attempt.obstacle = delivery::Obstacle::timed_out;
        busy.attempt.detail = "all connections to it are busy";
        co_return busy;
      }
      if (waiter->connection) {
        leased_.push_back(credentials);
        Lease lease(*this, std::move(waiter->connection), true);
        lease.is_handed_over = true;
        co_return std::move(lease);
      }
    }
    auto failed = co_await dial_into(connection);
    if (failed) {
      connection_ended();
      co_return std::move(*failed);
    }
  }
  auto acquired = co_await log_in(std::move(connection), std::move(credentials));
  co_return acquired;
}

asio::awaitable<bool> Upstream::wait_for_turn(std::shared_ptr<Waiter> waiter) {
  waiting_.push_back(waiter);
  const auto limit = around_.settings.delivery.verdict_wait;
  co_await waiter->turn.wait(limit);
  std::erase(waiting_, waiter);
  co_return waiter->connection || waiter->has_slot;
}

asio::awaitable<Acquired> Upstream::log_in(std::unique_ptr<Connection> connection,
                                           smtp::Credentials credentials) {
  const bool is_in = co_await connection->log_in(credentials);
  if (!is_in) {
    NoConnection refused;
    refused.attempt = connection->failure();
    refused.oauth_challenge = connection->oauth_challenge();
    connection->close();
    connection.reset();
    connection_ended();
    co_return refused;
  }
  leased_.push_back(std::move(credentials));
  co_return Lease(*this, std::move(connection), false);
}

void Upstream::give_back(Lease lease) {
  if (!around_.settings.delivery.keep_warm || !lease.connection->is_fit()) return;  // drops it
  auto connection = std::move(lease.connection);
  connection->used_now();
  if (const auto mine = std::ranges::find(leased_, connection->credentials());
      mine != leased_.end()) {
    leased_.erase(mine);
  }
  if (const auto waiter = next_waiter_for(connection->credentials())) {
    waiter->connection = std::move(connection);
    waiter->turn.notify_all();
    return;
  }
  idle_.push_back(std::move(connection));
  hand_slot_on();
}

// Takes the waiter from the queue; null = there is none, or it is long since another's turn.
std::shared_ptr<Upstream::Waiter> Upstream::next_waiter_for(const smtp::Credentials& credentials) {
  const auto next = std::ranges::find_if(
      waiting_, [&credentials](const auto& waiter) { return waiter->credentials == credentials; });
  if (next == waiting_.end()) return nullptr;
  if (next != waiting_.begin() && ++waiting_.front()->passed_over > max_passed_over) return nullptr;
  auto waiter = *next;
  waiting_.erase(next);
  return waiter;
}

void Upstream::drop_idle(const smtp::Credentials& credentials) {
  const auto old = std::erase_if(idle_, [&credentials](const auto& connection) {
    return connection->credentials() == credentials;
  });
  for (std::size_t i = 0; i < old; ++i) connection_ended();
}

void Upstream::connection_ended() {
  --open_;
  hand_slot_on();
}

void Upstream::hand_slot_on() {
  if (waiting_.empty() || !make_room()) return;
  ++open_;
  const auto waiter = waiting_.front();
  waiting_.pop_front();
  waiter->has_slot = true;
  waiter->turn.notify_all();
}

bool Upstream::is_in_use_by(const smtp::Credentials& credentials) const {
  const bool is_leased = std::ranges::find(leased_, credentials) != leased_.end();
  return is_leased || std::ranges::any_of(idle_, [&credentials](const auto& connection) {
           return connection->credentials() == credentials && connection->is_fit();
         });
}

asio::awaitable<void> Upstream::close_idle(std::chrono::steady_clock::duration limit) {
  std::vector<std::unique_ptr<Connection>> old;
  const auto is_old = [limit](const auto& connection) {
    return connection->idle_for() >= limit || !connection->is_fit();
  };
  for (auto& connection : idle_) {
    if (is_old(connection)) old.push_back(std::move(connection));
  }
  std::erase(idle_, nullptr);
  if (spare_ && is_old(spare_)) old.push_back(std::move(spare_));
  for (auto& connection : old) {
    co_await connection->quit();
    connection.reset();
    connection_ended();
  }
}

}  // namespace todoku::relay
