// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages that have our 250: tries them when they are due, an account's relay being in reach; asks
// one probe only while it is not; returns what cannot be sent; does what people ask for. Everything
// is written down before anybody is told. Owned by main, outlives the submission room. I/O thread.
#include "proxy/delivery/message_id.hpp"
#include "proxy/delivery/sleep_watch.hpp"
#include "proxy/relay/aftermath.hpp"
#include "proxy/relay/connection.hpp"
#include "proxy/relay/keeping.hpp"
#include "proxy/relay/lane.hpp"
#include "proxy/relay/paths.hpp"
#include "proxy/relay/relay.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace todoku::relay {

class Queue {
 public:
  Queue(Surroundings& around, Relay& relay, Paths& paths, Keeping& keeping);
  ~Queue();

  // What an earlier run left. Before the first client.
  boost::asio::awaitable<void> recover();
  boost::asio::awaitable<void> run();  // until stop
  void stop();
  // Something may be due: a log-in, a network change, a request.
  void wake();

  // The relay of this account was out of reach a moment ago, and why; null = try it.
  [[nodiscard]] const delivery::Attempt* known_trouble(const settings::Account& account);
  // Takes a message on its way, and learns from it whether the account's relay is in reach.
  boost::asio::awaitable<Journey> carry(std::shared_ptr<submission::Outgoing> message);
  // A message was kept while an attempt for it is still under way: hands off until finish.
  void reserve(const std::string& id) { under_way_.insert(id); }
  void release(const std::string& id);
  // What the first attempt means for a message that is being kept; nothing is written yet.
  [[nodiscard]] Aftermath judge(store::StoredMessage& record, const Journey& journey);
  // The end of an attempt for a kept message: writes down what follows from it.
  boost::asio::awaitable<void> finish(store::StoredMessage record, Journey journey);

  // The computer has got an address or a route: what was out of reach is asked at once.
  void network_is_back();
  // A user has logged in: mail that waits for that may go.
  void login_known(const settings::Account& account, const std::string& user);

 private:
  Lane& lane_of(const settings::Account& account);
  boost::asio::awaitable<void> take_over_unknown(store::Time at);
  boost::asio::awaitable<void> tell_of_missing_accounts();
  boost::asio::awaitable<void> give_grace(store::Time at);
  boost::asio::awaitable<void> follow_clock();
  boost::asio::awaitable<void> start_due(Lane& lane);
  boost::asio::awaitable<void> close_overdue();
  boost::asio::awaitable<bool> leave_unreadable(std::string id, error_code why);
  boost::asio::awaitable<void> commit(store::StoredMessage record, Aftermath aftermath);
  boost::asio::awaitable<void> write_leftovers();
  boost::asio::awaitable<void> rest();
  void write_event(store::StoredEvent event);
  void log_state(const store::StoredMessage& record);
  void log_trouble(std::string_view what, const std::string& id, const error_code& why);
  double chance();

  // queue_reach.cpp
  void saw(const settings::Account& account, const delivery::Attempt& attempt);
  void tell_of_reach();
  boost::asio::awaitable<void> hasten(Lane& lane, std::string user);

  // queue_attempt.cpp
  boost::asio::awaitable<void> attempt(Lane& lane, std::string id);
  boost::asio::awaitable<void> try_message(Lane& lane, store::StoredMessage record);
  boost::asio::awaitable<std::shared_ptr<store::Body>> body_of(const store::StoredMessage& record);
  boost::asio::awaitable<bool> write_may_leave(std::shared_ptr<store::StoredMessage> record);
  boost::asio::awaitable<void> wait_for_login(store::StoredMessage record);
  void ask_for_login(const store::StoredMessage& record, store::Changes& changes);
  boost::asio::awaitable<void> give_back_without_body(store::StoredMessage record);

  // queue_requests.cpp
  boost::asio::awaitable<void> do_requests();
  boost::asio::awaitable<void> do_request(store::Request request);
  boost::asio::awaitable<Decision> decide(const store::Request& request);
  Decision learn(const store::Request& request);

  // queue_notices.cpp
  boost::asio::awaitable<void> add_notice(const store::StoredMessage& record, Aftermath& aftermath);
  [[nodiscard]] bool wants_notice(const store::StoredMessage& record, const Aftermath& aftermath);
  [[nodiscard]] const settings::Account* account_named(std::string_view name) const;
  boost::asio::awaitable<bool> is_moot(const store::StoredMessage& notice);

  Surroundings& around_;
  Relay& relay_;
  Paths& paths_;
  Keeping& keeping_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // one for each account, in the settings' order
  std::set<std::string> under_way_;           // an attempt has them in hand
  // Outcomes that could not be written: until they are, these messages are not touched.
  std::map<std::string, store::Changes> unwritten_;
  delivery::MessageIds notice_ids_{delivery::MessageIds::Of::notices};
  std::mt19937 chance_;
  net::Signal woken_;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  bool was_offline_ = false;
  delivery::SleepWatch sleep_;
};

}  // namespace todoku::relay
