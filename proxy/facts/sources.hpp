// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where facts come from: everything that outlives a message. Owned by the Gatherer, shared by all
// inquiries. I/O thread.
#include "proxy/addresses/checker.hpp"
#include "proxy/checks/facts.hpp"
#include "proxy/delivery/states.hpp"
#include "proxy/facts/history.hpp"
#include "proxy/facts/limits.hpp"
#include "proxy/facts/recent_contents.hpp"
#include "proxy/facts/sender_records.hpp"
#include "proxy/facts/sent_counts.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/providers/directory.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/body.hpp"
#include "proxy/store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

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
  net::Worker& worker;
  platform::Log& log;
  store::Store& store;
  // Called with the first recipient that is to be looked at; its data is large.
  std::function<addresses::Checker()> make_checker;
  std::function<providers::Directory()> load_providers;  // on the worker
  std::function<net::Resolver*()> resolver;              // gives null where there is no DNS
  // What the account's server offers as SIZE (octets), as far as it is remembered.
  std::function<std::optional<std::uint64_t>(const settings::Account&)> size_of_upstream;
  // The size limit that a refusal names ("25 MB"); empty = it was refused for something else.
  std::function<boost::asio::awaitable<std::string>(delivery::Attempt)> size_limit_in;
  Scanner scanner;
};

class Sources {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Sources(Surroundings around)
      : around_(std::move(around)), records_(around_.rooms, around_.resolver) {}

  [[nodiscard]] const Surroundings& around() const { return around_; }
  [[nodiscard]] const settings::Checks& checks() const { return around_.settings.checks; }
  [[nodiscard]] bool is_on(settings::CheckLevel settings::Checks::*check) const {
    return checks().*check != settings::CheckLevel::off;
  }
  [[nodiscard]] const addresses::Checker& checker();
  [[nodiscard]] History& history() { return history_; }
  [[nodiscard]] SentCounts& sent_counts() { return sent_counts_; }
  [[nodiscard]] Limits& limits() { return limits_; }
  [[nodiscard]] RecentContents& contents() { return contents_; }
  [[nodiscard]] SenderRecords& records() { return records_; }
  // The DNS let a message wait in vain: the next ones do not wait for a while.
  void dns_was_silent() { dns_silent_until_ = Clock::now() + std::chrono::seconds(30); }
  [[nodiscard]] bool is_dns_silent() const { return Clock::now() < dns_silent_until_; }

 private:
  Surroundings around_;
  std::optional<addresses::Checker> checker_;
  History history_;
  SentCounts sent_counts_;
  Limits limits_;
  RecentContents contents_;
  SenderRecords records_;
  Clock::time_point dns_silent_until_{};
};

}  // namespace todoku::facts
