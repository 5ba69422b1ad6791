// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is published for the senders' domains, looked up behind the first message and kept; said
// once a day, for it does not change from message to message. I/O thread.
#include "proxy/checks/facts.hpp"
#include "proxy/facts/sender_check.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/start.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace todoku::facts {

class SenderRecords {
 public:
  using Clock = std::chrono::steady_clock;
  // rooms outlives it. resolver: gives null where there is no DNS.
  SenderRecords(net::Rooms& rooms, std::function<net::Resolver*()> resolver,
                std::function<Clock::time_point()> now = Clock::now)
      : rooms_(rooms), resolver_(std::move(resolver)), now_(std::move(now)) {}

  // Has it looked up unless it is known. Returns at once.
  void ask(const SenderPath& path);
  // What is missing or broken; null = nothing, not known yet, or (often = false) told lately.
  [[nodiscard]] const checks::AuthFacts* trouble(const SenderPath& path, bool often) const;
  void was_told(const SenderPath& path);

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // all of a path
  static Key key_of(const SenderPath& path) { return {path.domain, path.server, path.include}; }
  struct Known {
    checks::AuthFacts facts;
    Clock::time_point until = Clock::time_point::max();  // max: it is being looked up
    Clock::time_point told_until = Clock::time_point::min();
  };
  boost::asio::awaitable<void> look_up(SenderPath path);

  net::Rooms& rooms_;
  std::function<net::Resolver*()> resolver_;
  std::function<Clock::time_point()> now_;
  std::map<Key, Known> known_;
};

}  // namespace todoku::facts
