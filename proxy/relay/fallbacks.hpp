// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fallback relays: each with its own connections and its own log-in, whether it is in reach,
// and how much it has carried today. A client's password never comes here. Owned by main. I/O
// thread.
#include "proxy/delivery/breaker.hpp"
#include "proxy/delivery/day_count.hpp"
#include "proxy/delivery/fallback_rules.hpp"
#include "proxy/relay/one_attempt.hpp"
#include "proxy/relay/own_signature.hpp"
#include "proxy/store/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::relay {

class Fallbacks {
 public:
  explicit Fallbacks(Surroundings& around);
  ~Fallbacks();

  [[nodiscard]] bool none() const { return relays_.empty(); }
  [[nodiscard]] std::size_t count() const { return relays_.size(); }
  [[nodiscard]] const std::string& name(std::size_t place) const;
  [[nodiscard]] std::optional<std::size_t> place_of(std::string_view name) const;
  // One that logs in is out of reach until this was called.
  void log_in_with(std::size_t place, smtp::Credentials credentials);
  // Mail through it is signed from now on, but for what is signed already.
  void sign_with(std::size_t place, OwnSignature signature);
  // As whom, and what the DNS has to say of it; nothing = without a signature.
  [[nodiscard]] std::optional<delivery::OwnKey> own_key(std::size_t place) const;
  // From the store, at start: what they have taken in the last 24 hours.
  void restore(const std::vector<store::SentBy>& sent);
  // In reach, and sent today; for every one, in the order of the settings.
  [[nodiscard]] std::vector<delivery::FallbackNow> now_of_all() const;

  // One attempt; the verdict's relay is that one's host:port. What it shows of the relay goes into
  // changes, where that is new.
  boost::asio::awaitable<delivery::Verdict> attempt(std::size_t place,
                                                    std::shared_ptr<submission::Outgoing> message,
                                                    store::Changes& changes);
  // The network is back.
  void ask_at_once();
  boost::asio::awaitable<void> close_idle(std::chrono::steady_clock::duration limit);

 private:
  struct One;
  boost::asio::awaitable<void> sign(One& one, std::shared_ptr<submission::Outgoing> message);
  void learn(One& one, const delivery::Verdict& verdict, store::Changes& changes);
  static void note_reach(One& one, const delivery::Attempt& attempt, bool is_in_reach,
                         store::Changes& changes);
  Surroundings& around_;
  std::vector<std::unique_ptr<One>> relays_;
  std::mt19937 chance_;
};

}  // namespace todoku::relay
