// SPDX-License-Identifier: Apache-2.0
// What an earlier run left: taken over, set aside or removed.
#include "proxy/cli/proxy_assembly.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

void ProxyAssembly::tell_of_damage(const std::string& file) {
  log_.write(platform::LogLevel::error, "store.damaged", "", {{"file", file}});
  keep_event(store::EventKind::records_damaged, {{"file", file}});
}

// At start only: later, a body may be kept whose message is not in the database yet.
asio::awaitable<void> ProxyAssembly::clear_spool() {
  const auto& recovery = store_->recovery();
  if (recovery.was_damaged) {
    tell_of_damage(recovery.set_aside.string());
    auto folder = recovery.set_aside;
    folder += ".spool";
    const auto failed = spool_->set_aside(folder);
    if (failed)
      log_.write(platform::LogLevel::error, "spool.not_set_aside", "",
                 {{"problem", failed.message()}});
    co_return;
  }
  const auto kept = co_await store_->bodies_in_files();
  if (kept.has_error()) co_return;
  const std::set<std::string> ids(kept->begin(), kept->end());
  spool_->remove_all_but(ids);
}

asio::awaitable<void> ProxyAssembly::take_over() {
  // What was sealed with the real key cannot be read yet: later, when it is there.
  if (!sealing_->is_lasting()) co_return;
  auto paths = co_await store_->paths();
  if (paths.has_value()) store_->write_behind(paths_->book().restore(std::move(*paths)));
  auto facts = co_await store_->relay_facts();
  if (facts.has_value()) path_facts_->restore(std::move(*facts));
  co_await count_todays();
  co_await acceptance_->recover();
  co_await queue_->recover();
  rooms_.start("facts.recall", facts_->recall());
}

// A limit of messages a day holds across restarts, too.
asio::awaitable<void> ProxyAssembly::count_todays() {
  const auto has_limit = [](const auto& fallback) { return fallback.messages_per_day > 0; };
  if (std::ranges::none_of(settings_.fallbacks, has_limit)) co_return;
  const auto since = relay::now() - std::chrono::hours(24);
  const auto sent = co_await store_->sent_since(since, settings_.delivery.max_age);
  if (sent.has_value()) paths_->fallbacks().restore(*sent);
}

}  // namespace todoku::cli
