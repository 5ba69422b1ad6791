// SPDX-License-Identifier: Apache-2.0
// The questions to the store: each is one call of a table's, on the store thread.
#include "proxy/store/store_impl.hpp"

#include <utility>

namespace todoku::store {

namespace asio = boost::asio;

asio::awaitable<Result<std::optional<StoredMessage>>> Store::load(std::string id) {
  return impl_->ask([id = std::move(id)](Tables& tables) { return tables.load(id); });
}

asio::awaitable<Result<std::vector<StoredMessage>>> Store::list(ListFilter filter) {
  return impl_->ask([filter = std::move(filter)](Tables& tables) { return tables.list(filter); });
}

asio::awaitable<Result<std::vector<StoredAttempt>>> Store::attempts_of(std::string id) {
  return impl_->ask([id = std::move(id)](Tables& tables) { return tables.attempts_of(id); });
}

asio::awaitable<Result<std::vector<StoredEvent>>> Store::events_of(std::string id) {
  return impl_->ask([id = std::move(id)](Tables& tables) { return tables.events_of(id); });
}

asio::awaitable<Result<std::vector<StoredEvent>>> Store::events_after(std::uint64_t number,
                                                                      std::size_t limit) {
  return impl_->ask([number, limit](Tables& tables) { return tables.events_after(number, limit); });
}

asio::awaitable<Result<std::vector<DueMessage>>> Store::due(Time now, std::string account,
                                                            std::size_t limit) {
  return impl_->ask([now, limit, account = std::move(account)](Tables& tables) {
    return tables.due(now, account, limit);
  });
}

asio::awaitable<Result<std::vector<DueMessage>>> Store::overdue(Time now, std::size_t limit) {
  return impl_->ask([now, limit](Tables& tables) { return tables.overdue(now, limit); });
}

asio::awaitable<Result<std::optional<Time>>> Store::next_due() {
  return impl_->ask([](Tables& tables) { return tables.next_due(); });
}

asio::awaitable<error_code> Store::hasten(std::string account, std::string user, Time now) {
  return impl_->order([account = std::move(account), user = std::move(user),
                       now](Tables& tables) { return tables.hasten(account, user, now); },
                      Durability::process);
}

asio::awaitable<error_code> Store::postpone(std::string id, Time until) {
  return impl_->order(
      [id = std::move(id), until](Tables& tables) { return tables.postpone(id, until); },
      Durability::process);
}

asio::awaitable<Result<Store::Counts>> Store::counts() {
  return impl_->ask([](Tables& tables) { return tables.counts(); });
}

asio::awaitable<Result<std::vector<std::string>>> Store::waiting_accounts() {
  return impl_->ask([](Tables& tables) { return tables.waiting_accounts(); });
}

asio::awaitable<Result<std::vector<RepeatEntry>>> Store::repeats_since(Time since) {
  return impl_->ask([since](Tables& tables) { return tables.repeats_since(since); });
}

asio::awaitable<Result<std::string>> Store::small_body(std::string id) {
  return impl_->ask([id = std::move(id)](Tables& tables) { return tables.small_body(id); });
}

asio::awaitable<Result<std::vector<Request>>> Store::take_requests() {
  return impl_->ask([](Tables& tables) { return tables.open_requests(); });
}

asio::awaitable<Result<std::uint64_t>> Store::times_written_to(std::string account,
                                                               std::string address) {
  return impl_->ask([account = std::move(account), address = std::move(address)](Tables& tables) {
    return tables.times_written_to(account, address);
  });
}

asio::awaitable<Result<SentHistory>> Store::sent_history(std::size_t most, Time tallies_since) {
  return impl_->ask(
      [most, tallies_since](Tables& tables) { return tables.sent_history(most, tallies_since); });
}

asio::awaitable<Result<std::vector<delivery::RememberedPath>>> Store::paths() {
  return impl_->ask([](Tables& tables) { return tables.paths(); });
}

asio::awaitable<Result<std::vector<SentBy>>> Store::sent_since(Time since,
                                                               std::chrono::milliseconds oldest) {
  return impl_->ask([since, oldest](Tables& tables) { return tables.sent_since(since, oldest); });
}

asio::awaitable<Result<RelayFacts>> Store::relay_facts() {
  return impl_->ask([](Tables& tables) { return tables.relay_facts(); });
}

asio::awaitable<Result<std::vector<std::string>>> Store::bodies_in_files() {
  return impl_->ask([](Tables& tables) { return tables.bodies_in_files(); });
}

asio::awaitable<Result<std::vector<std::string>>> Store::prune(Limits limits, Time now) {
  return impl_->ask([limits, now](Tables& tables) { return tables.prune(limits, now); },
                    Asks::and_writes);
}

}  // namespace todoku::store
