// SPDX-License-Identifier: Apache-2.0
#pragma once

// One account's relay: its warm connections, who may use them, and how many there may be. A
// connection serves only the credentials that opened it. Owned by Relay. I/O thread.
#include "proxy/delivery/states.hpp"
#include "proxy/net/start.hpp"
#include "proxy/relay/connection.hpp"
#include "proxy/relay/port_detour.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace todoku::relay {

// A connection in use: goes back with give_back, or is dropped (closed) with the Lease.
class Upstream;
struct Lease {
  Lease(Upstream& owner, std::unique_ptr<Connection> held, bool warm)
      : upstream(&owner), connection(std::move(held)), is_warm(warm) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  Upstream* upstream;
  std::unique_ptr<Connection> connection;
  bool is_warm;                 // used before: the relay may have closed it in the meantime
  bool is_handed_over = false;  // straight from the one who used it before
};

// Why there is no connection; with the relay's words on a refused token.
struct NoConnection {
  delivery::Attempt attempt;
  std::string oauth_challenge;
};

using Acquired = std::variant<Lease, NoConnection>;

class Upstream {
 public:
  Upstream(const settings::Account& account, Surroundings& around);

  // Dials ahead, at most one connection, when none is at hand. Returns at once.
  void prepare();
  // A connection logged in with these credentials: a warm one, the prepared one, or a new one;
  // waits while all are busy, in order.
  boost::asio::awaitable<Acquired> acquire(smtp::Credentials credentials);
  void give_back(Lease lease);
  // Closes the idle connections of these credentials: one of them turned out to be dead.
  void drop_idle(const smtp::Credentials& credentials);
  // A living connection was opened with the same credentials.
  [[nodiscard]] bool is_in_use_by(const smtp::Credentials& credentials) const;
  // Closes what was idle for too long. limit 0 closes all that is idle.
  boost::asio::awaitable<void> close_idle(std::chrono::steady_clock::duration limit);

  // The latest EHLO; nothing before the first.
  [[nodiscard]] const std::optional<smtp::Capabilities>& offered() const { return offered_; }
  void remember(const smtp::Capabilities& offered) { offered_ = offered; }
  [[nodiscard]] bool offer_has_changed();  // since the last call
  [[nodiscard]] const settings::Account& account() const { return account_; }

 private:
  friend struct Lease;
  struct Waiter;  // a delivery that waits for its turn
  boost::asio::awaitable<void> dial_spare();
  boost::asio::awaitable<std::optional<NoConnection>> dial_into(std::unique_ptr<Connection>& place);
  boost::asio::awaitable<Acquired> log_in(std::unique_ptr<Connection> connection,
                                          smtp::Credentials credentials);
  boost::asio::awaitable<bool> wait_for_turn(std::shared_ptr<Waiter> waiter);
  std::unique_ptr<Connection> take_idle(const smtp::Credentials& credentials);
  std::unique_ptr<Connection> take_spare();
  bool make_room();
  void connection_ended();  // one of the counted connections is no more
  void hand_slot_on();
  std::shared_ptr<Waiter> next_waiter_for(const smtp::Credentials& credentials);

  const settings::Account& account_;
  Surroundings& around_;
  PortDetour detour_;
  std::size_t open_ = 0;  // counted connections: idle, leased, spare, being dialled
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<smtp::Credentials> leased_;
  std::unique_ptr<Connection> spare_;  // opened ahead, not logged in
  bool is_dialling_spare_ = false;
  bool is_spare_awaited_ = false;
  std::optional<NoConnection> spare_failure_;  // for the one who waited for it
  net::Signal spare_ready_;
  std::deque<std::shared_ptr<Waiter>>
      waiting_;  // shared: a waiter may leave while it is being served
  std::optional<smtp::Capabilities> offered_;
  bool offer_has_changed_ = false;
};

}  // namespace todoku::relay
