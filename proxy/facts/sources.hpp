// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where facts come from: everything that outlives a message. Owned by the Gatherer, shared by all
// inquiries. I/O thread.
#include "proxy/addresses/checker.hpp"
#include "proxy/checks/facts.hpp"
#include "proxy/facts/history.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/start.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/body.hpp"
#include "proxy/store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace todoku::facts {

// Looks for viruses in a message that has not left. scan: reads the first size bytes of body, which
// is not finished; nobody else reads it meanwhile. Never throws; says has_failed where it cannot
// tell. Is cancelled by nobody: what has not ended after limit is no longer waited for.
struct Scanner {
  std::function<boost::asio::awaitable<checks::ScanReport>(std::shared_ptr<store::Body> body,
                                                           std::uint64_t size)>
      scan;  // empty = there is none
  wire::Duration limit{10'000};
};

// What main gives; everything outlives the Gatherer.
struct Surroundings {
  const settings::Settings& settings;
  net::Rooms& rooms;
  platform::Log& log;
  store::Store& store;
  // Called with the first recipient that is to be looked at; its data is large.
  std::function<addresses::Checker()> make_checker;
  std::function<net::Resolver*()> resolver;  // null = there is no DNS
  Scanner scanner;
};

class Sources {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Sources(Surroundings around) : around_(std::move(around)) {}

  [[nodiscard]] const Surroundings& around() const { return around_; }
  [[nodiscard]] const settings::Checks& checks() const { return around_.settings.checks; }
  [[nodiscard]] bool is_on(settings::CheckLevel settings::Checks::*check) const {
    return checks().*check != settings::CheckLevel::off;
  }
  [[nodiscard]] const addresses::Checker& checker();
  [[nodiscard]] History& history() { return history_; }
  // The DNS let a message wait in vain: the next ones do not wait for a while.
  void dns_was_silent() { dns_silent_until_ = Clock::now() + std::chrono::seconds(30); }
  [[nodiscard]] bool is_dns_silent() const { return Clock::now() < dns_silent_until_; }

 private:
  Surroundings around_;
  std::optional<addresses::Checker> checker_;
  History history_;
  Clock::time_point dns_silent_until_{};
};

}  // namespace todoku::facts
