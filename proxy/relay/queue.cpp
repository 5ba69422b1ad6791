// SPDX-License-Identifier: Apache-2.0
// The rounds of the queue, what an earlier run left to it, and the end of each attempt.
#include "proxy/relay/queue.hpp"

#include "proxy/relay/lane.hpp"
#include "proxy/relay/notices.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;

namespace {

// Requests of other processes are looked for so often.
constexpr wire::Duration longest_rest{1'000};
constexpr std::size_t overdue_at_once = 200;
constexpr std::size_t every_one = 1'000'000;
constexpr std::chrono::minutes grace{10};
constexpr std::chrono::hours unreadable_for{1};

}  // namespace

Queue::Queue(Surroundings& around, Relay& relay, Paths& paths, Keeping& keeping)
    : around_(around),
      relay_(relay),
      paths_(paths),
      keeping_(keeping),
      chance_(std::random_device{}()),
      woken_(around.rooms.executor()) {
  for (const auto& account : around_.settings.accounts) {
    lanes_.push_back(std::make_unique<Lane>(account, around_.settings));
    lanes_.back()->has_way_round = paths.leads_round(settings::FallbackCause::unreachable);
  }
}

Queue::~Queue() = default;

Lane& Queue::lane_of(const settings::Account& account) {
  const auto place = static_cast<std::size_t>(&account - around_.settings.accounts.data());
  return *lanes_.at(place);
}

double Queue::chance() {
  return std::uniform_real_distribution<double>(0.0, 1.0)(chance_);
}

void Queue::wake() {
  is_woken_ = true;
  woken_.notify_all();
}

void Queue::stop() {
  is_stopping_ = true;
  wake();
}

void Queue::write_event(store::StoredEvent event) {
  store::Changes changes;
  changes.push_back(store::AddEvent{std::move(event)});
  keeping_.store.write_behind(std::move(changes));
}

void Queue::log_trouble(std::string_view what, const std::string& id, const error_code& why) {
  around_.log.write(platform::LogLevel::error, what, id, {{"detail", why.message()}});
}

// Waiting mail is tried at once, whatever its age: the computer may have been off for days.
asio::awaitable<void> Queue::recover() {
  const auto counts = co_await keeping_.store.counts();
  if (counts.has_error() || counts->waiting + counts->held + counts->unknown == 0) co_return;
  const auto at = now();
  co_await take_over_unknown(at);
  co_await give_grace(at);
  for (auto& lane : lanes_) co_await hasten(*lane, "");
  co_await tell_of_missing_accounts();
  store::StoredEvent event;
  event.at = at;
  event.kind = store::EventKind::shutdown_with_waiting;
  event.parameters = {{"waiting", std::to_string(counts->waiting)},
                      {"held", std::to_string(counts->held)},
                      {"unknown", std::to_string(counts->unknown)}};
  write_event(std::move(event));
  around_.log.write(platform::LogLevel::warning, "queue.waiting_found", "",
                    {{"waiting", static_cast<std::int64_t>(counts->waiting)},
                     {"held", static_cast<std::int64_t>(counts->held)},
                     {"unknown", static_cast<std::int64_t>(counts->unknown)}});
}

// Renamed or taken out of the settings: no server is known for what waits there.
asio::awaitable<void> Queue::tell_of_missing_accounts() {
  const auto names = co_await keeping_.store.waiting_accounts();
  if (names.has_error()) co_return;
  for (const auto& name : *names) {
    if (account_named(name) != nullptr) continue;
    store::StoredEvent event;
    event.at = now();
    event.kind = store::EventKind::account_missing;
    event.parameters = {{"account", name}};
    write_event(std::move(event));
    around_.log.write(platform::LogLevel::warning, "queue.account_missing", "",
                      {{"account", name}});
  }
}

// Their end was on its way when the last run ended: the store has marked them, with no deadline.
asio::awaitable<void> Queue::take_over_unknown(store::Time at) {
  const store::Time never{};
  const auto marked = co_await keeping_.store.overdue(never, every_one);
  if (marked.has_error()) co_return;
  for (const auto& one : *marked) {
    const auto loaded = co_await keeping_.store.load(one.id);
    if (loaded.has_error() || !*loaded || (*loaded)->state != MessageState::unknown) continue;
    auto record = **loaded;
    Aftermath aftermath;
    for (auto& outcome : record.outcomes) {
      if (delivery::may_try_again(outcome.state)) {
        outcome.state = delivery::RecipientState::unknown;
      }
    }
    mark_unknown(record, around_.settings, at, aftermath.changes);
    aftermath.changes.push_back(store::PutMessage{record});
    co_await commit(std::move(record), std::move(aftermath));
  }
}

// What has become too old while Todoku was not running, or slept, gets one more chance before it is
// returned.
asio::awaitable<void> Queue::give_grace(store::Time at) {
  const auto overdue = co_await keeping_.store.overdue(at, every_one);
  if (overdue.has_error()) co_return;
  store::Changes changes;
  for (const auto& one : *overdue) {
    if (under_way_.contains(one.id) || unwritten_.contains(one.id)) continue;
    const auto loaded = co_await keeping_.store.load(one.id);
    if (loaded.has_error() || !*loaded || (*loaded)->state != MessageState::waiting) continue;
    auto record = **loaded;
    record.deadline = std::max(record.deadline, at + grace);
    changes.push_back(store::PutMessage{std::move(record)});
  }
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::process);
  if (failed) log_trouble("queue.not_written", "", failed);
}

// What was out of reach before the sleep may be back, so it is tried at once, and before it is
// returned. After a step back all times that were noted lie too far ahead.
asio::awaitable<void> Queue::follow_clock() {
  const auto jump = sleep_.look(now(), std::chrono::steady_clock::now());
  if (jump == delivery::ClockJump::none) co_return;
  if (jump == delivery::ClockJump::forward) co_await give_grace(now());
  network_is_back();
  if (jump != delivery::ClockJump::back) co_return;
  for (auto& lane : lanes_) co_await hasten(*lane, "");
}

asio::awaitable<void> Queue::run() {
  while (!is_stopping_) {
    is_woken_ = false;
    co_await follow_clock();
    if (keeping_.store.is_key_locked()) {
      co_await woken_.wait(longest_rest);  // what waits cannot be read
      continue;
    }
    co_await write_leftovers();
    co_await do_requests();
    co_await close_overdue();
    for (auto& lane : lanes_) {
      if (!is_stopping_) co_await start_due(*lane);
    }
    co_await rest();
  }
}

asio::awaitable<void> Queue::rest() {
  if (is_woken_ || is_stopping_) co_return;
  auto limit = longest_rest;
  const auto next = co_await keeping_.store.next_due();
  if (next.has_value() && *next) {
    limit = std::clamp(std::chrono::duration_cast<wire::Duration>(**next - now()),
                       wire::Duration{20}, longest_rest);
  }
  if (!is_woken_) co_await woken_.wait(limit);
}

asio::awaitable<void> Queue::start_due(Lane& lane) {
  const auto at = now();
  const auto free = lane.free_places(at);
  if (free == 0) co_return;
  const auto wanted = free + lane.under_way + unwritten_.size();
  const auto due = co_await keeping_.store.due(at, lane.account.name, wanted);
  if (due.has_error()) {
    log_trouble("queue.unreadable", "", due.error());
    co_return;
  }
  for (const auto& one : *due) {
    if (lane.free_places(now()) == 0) break;
    if (under_way_.contains(one.id) || unwritten_.contains(one.id)) continue;
    under_way_.insert(one.id);
    lane.begins(now());
    around_.rooms.start("queue.attempt", attempt(lane, one.id));
  }
}

asio::awaitable<void> Queue::write_leftovers() {
  while (!unwritten_.empty()) {
    const auto id = unwritten_.begin()->first;
    auto changes = unwritten_.begin()->second;
    const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
    if (failed) co_return;
    unwritten_.erase(id);
  }
}

asio::awaitable<void> Queue::close_overdue() {
  const auto overdue = co_await keeping_.store.overdue(now(), overdue_at_once);
  if (overdue.has_error()) co_return;
  for (const auto& one : *overdue) {
    if (under_way_.contains(one.id) || unwritten_.contains(one.id)) continue;
    const auto loaded = co_await keeping_.store.load(one.id);
    if (loaded.has_error()) {
      const bool may_go_on = co_await leave_unreadable(one.id, loaded.error());
      if (!may_go_on) co_return;
      continue;
    }
    if (!*loaded) continue;
    auto record = **loaded;
    auto aftermath = after_deadline(record, around_.settings, now());
    co_await commit(std::move(record), std::move(aftermath));
  }
}

// Sealed with a key that is gone, or damaged: it stays as it is, the others go before it. False:
// the database takes nothing at all now.
asio::awaitable<bool> Queue::leave_unreadable(std::string id, error_code why) {
  log_trouble("queue.unreadable", id, why);
  const auto failed = co_await keeping_.store.postpone(id, now() + unreadable_for);
  co_return !failed;
}

// While no relay may be tried there is nothing to look for: the next round comes soon enough.
void Queue::release(const std::string& id) {
  under_way_.erase(id);
  const auto may_start = [at = now()](const auto& lane) { return lane->free_places(at) > 0; };
  if (std::ranges::any_of(lanes_, may_start)) wake();
}

Aftermath Queue::judge(store::StoredMessage& record, const Journey& journey) {
  auto aftermath = after_journey(record, journey, around_.settings, now(), chance());
  if (record.waits_for == store::WaitsFor::login) ask_for_login(record, aftermath.changes);
  return aftermath;
}

asio::awaitable<void> Queue::finish(store::StoredMessage record, Journey journey) {
  const auto id = record.id;
  auto aftermath = judge(record, journey);
  if (record.is_notice) try_again_with_own_sender(record, aftermath, now());
  co_await commit(std::move(record), std::move(aftermath));
  release(id);
}

// Until the outcome is written down, nobody touches the message again: what a relay has taken must
// not be sent a second time.
asio::awaitable<void> Queue::commit(store::StoredMessage record, Aftermath aftermath) {
  co_await add_notice(record, aftermath);
  auto changes = aftermath.changes;
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  log_state(record);
  if (!failed) co_return;
  log_trouble("queue.not_written", record.id, failed);
  auto& waiting = unwritten_[record.id];
  waiting.insert(waiting.end(), aftermath.changes.begin(), aftermath.changes.end());
}

void Queue::log_state(const store::StoredMessage& record) {
  around_.log.write(platform::LogLevel::info, "queue.message", record.id,
                    {{"state", delivery::to_string(record.state)},
                     {"waits_for", store::to_string(record.waits_for)},
                     {"attempts", static_cast<std::int64_t>(record.attempts)},
                     {"account", record.account}});
}

}  // namespace todoku::relay
