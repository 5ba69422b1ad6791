// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hybrid answer (ARCHITECTURE): takes a message from the submission room, has it tried at once,
// and settles by the answer budget: the relay's verdict, or ours to carry. Notices the same message
// coming again and lets it join the first. Owned by main, outlives the submission room. I/O thread.
#include "proxy/delivery/repeats.hpp"
#include "proxy/relay/keeping.hpp"
#include "proxy/relay/live.hpp"
#include "proxy/relay/queue.hpp"
#include "proxy/relay/relay.hpp"
#include "proxy/submission/carrier.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace todoku::relay {

class Acceptance final : public submission::Carrier {
 public:
  Acceptance(Surroundings& around, Relay& relay, Queue& queue, Keeping& keeping);
  ~Acceptance() override;

  // What an earlier run left: repeats of it join it. Before the first client.
  boost::asio::awaitable<void> recover();

  // What the database has, the journal need not keep. Now and then.
  boost::asio::awaitable<void> shorten_journal();

  void prepare(const settings::Account& account) override;
  void begin(std::shared_ptr<submission::Outgoing> message) override;
  boost::asio::awaitable<delivery::Settlement> settle(
      std::shared_ptr<submission::Outgoing> message) override;
  boost::asio::awaitable<delivery::Settlement> hold(std::shared_ptr<submission::Outgoing> message,
                                                    std::string codes) override;
  boost::asio::awaitable<delivery::Settlement> wait_undo_window(
      std::shared_ptr<submission::Outgoing> message, settings::Duration window) override;
  void answered(const submission::Outgoing& message, bool is_told) override;
  [[nodiscard]] error_code check_room(std::uint64_t size) const override;
  [[nodiscard]] smtp::Capabilities offered() const override;
  [[nodiscard]] bool needs_login(const settings::Account& account) const override;

 private:
  using LivePointer = std::shared_ptr<Live>;

  LivePointer add_live(std::shared_ptr<submission::Outgoing> message);
  LivePointer begin_live(std::shared_ptr<submission::Outgoing> message);
  [[nodiscard]] bool joins_another(Live& live);
  [[nodiscard]] bool may_join(const Live& live, const std::string& first) const;
  boost::asio::awaitable<void> run_attempt(LivePointer live);
  boost::asio::awaitable<bool> may_end(LivePointer live);
  boost::asio::awaitable<void> wait_for_verdict(LivePointer live);
  boost::asio::awaitable<delivery::Settlement> settle_first(LivePointer live);
  void close_in_journal(const Live& live);
  [[nodiscard]] bool is_decided(const Live& live) const;
  void write_down(Live& live);
  void keep_copy(Live& live, store::PutMessage& put);
  boost::asio::awaitable<void> write_told(std::string id, bool is_told);
  void forget(const Live& live);

  // acceptance_keep.cpp
  boost::asio::awaitable<delivery::Settlement> keep(LivePointer live);
  boost::asio::awaitable<error_code> make_durable(LivePointer live, store::Changes changes);
  boost::asio::awaitable<delivery::Settlement> settle_after_all(LivePointer live);
  boost::asio::awaitable<delivery::Settlement> settle_repeat(LivePointer live);
  boost::asio::awaitable<delivery::Settlement> settle_alone(LivePointer live);
  boost::asio::awaitable<delivery::Settlement> join_stored(LivePointer live);
  boost::asio::awaitable<delivery::Settlement> adopt(LivePointer live, store::StoredMessage bare);
  delivery::Settlement cannot_keep(Live& live, const error_code& why);
  [[nodiscard]] delivery::Settlement kept(const Live& live) const;
  [[nodiscard]] std::chrono::hours hours_to_decide() const;
  static delivery::Settlement decided(const Live& live);
  static void put_body(Live& live, store::StoredMessage& record, store::Changes& changes);

  // acceptance_hold.cpp
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  struct Holding;  // why and until when a message is kept back
  boost::asio::awaitable<delivery::Settlement> keep_back(
      std::shared_ptr<submission::Outgoing> message, Holding holding);
  boost::asio::awaitable<delivery::Settlement> keep_held(LivePointer live, Holding holding);
  boost::asio::awaitable<error_code> keep_until_deadline(LivePointer live, const Holding& holding);

  Surroundings& around_;
  Relay& relay_;
  Queue& queue_;
  Keeping& keeping_;
  delivery::Repeats repeats_;
  std::uint64_t settled_ = 0;                 // messages whose end had left, since the start
  int postponed_ = 0;                         // rounds in which the journal was left alone
  std::map<std::string, LivePointer> lives_;  // by message id, until the client is answered
};

}  // namespace todoku::relay
