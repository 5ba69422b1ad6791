// SPDX-License-Identifier: Apache-2.0
// The rounds of the queue.
#include "proxy/relay/queue.hpp"

#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/lane.hpp"
#include "proxy/relay/notices.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;

namespace {

constexpr wire::Duration longest_rest{
    1'000};  // requests of other processes are looked for so often
constexpr std::size_t overdue_at_once = 200;
constexpr std::size_t every_one = 1'000'000;
constexpr std::chrono::minutes grace{10};

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

const delivery::Attempt* Queue::known_trouble(const settings::Account& account) {
  auto& lane = lane_of(account);
  // With another way at hand, only a probe that is due asks a relay that is out of reach.
  const bool waits_for_probe = lane.has_way_round && !lane.health.may_try(now());
  return waits_for_probe || lane.is_known_to_be_down(now()) ? &lane.last_trouble : nullptr;
}

asio::awaitable<Journey> Queue::carry(std::shared_ptr<submission::Outgoing> message) {
  const auto& account = *message->account;
  std::optional<delivery::Attempt> known;
  if (const auto* trouble = known_trouble(account)) known = *trouble;
  const auto* not_asked = known ? &*known : nullptr;
  auto journey = co_await paths_.carry(std::move(message), not_asked);
  if (journey.usual) saw(account, *journey.usual);
  co_return journey;
}

void Queue::saw(const settings::Account& account, const delivery::Attempt& attempt) {
  auto& lane = lane_of(account);
  const bool was_down = lane.health.is_down();
  if (delivery::is_out_of_reach(attempt)) {
    lane.health.out_of_reach(now(), chance());
    lane.last_trouble = attempt;
    lane.last_look = now();
  } else if (attempt.obstacle != delivery::Obstacle::given_up &&
             attempt.obstacle != delivery::Obstacle::local_trouble) {
    lane.health.reached();
  }
  const bool is_first = !std::exchange(lane.is_known, true);
  if (was_down == lane.health.is_down() && !is_first) return;
  store::Changes changes;
  changes.push_back(reach_of(name_of(account.upstream), attempt, !lane.health.is_down()));
  keeping_.store.write_behind(std::move(changes));
  tell_of_reach();
  if (was_down) {
    around_.rooms.start("queue.hasten", hasten(lane, ""));
  }
}

void Queue::write_event(store::StoredEvent event) {
  store::Changes changes;
  changes.push_back(store::AddEvent{std::move(event)});
  keeping_.store.write_behind(std::move(changes));
}

// One event for "the network is gone", not one for each account.
void Queue::tell_of_reach() {
  const bool is_offline =
      std::ranges::all_of(lanes_, [](const auto& lane) { return lane->health.is_down(); });
  if (is_offline == std::exchange(was_offline_, is_offline)) return;
  store::StoredEvent event;
  event.at = now();
  event.kind = is_offline ? store::EventKind::offline : store::EventKind::online;
  write_event(std::move(event));
  around_.log.write(platform::LogLevel::warning, is_offline ? "queue.offline" : "queue.online", "",
                    {});
}

asio::awaitable<void> Queue::hasten(Lane& lane, std::string user) {
  const auto failed = co_await keeping_.store.hasten(lane.account.name, std::move(user), now());
  if (failed) log_trouble("queue.not_hastened", "", failed);
  wake();
}

void Queue::network_is_back() {
  paths_.fallbacks().ask_at_once();
  for (auto& lane : lanes_) {
    if (!lane->health.is_down()) continue;
    lane->health.ask_at_once(now());
    around_.rooms.start("queue.hasten", hasten(*lane, ""));
  }
  wake();
}

void Queue::login_known(const settings::Account& account, const std::string& user) {
  auto& lane = lane_of(account);
  if (lane.wants_login.erase(user) > 0) {
    around_.rooms.start("queue.hasten", hasten(lane, user));
  }
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

// What has become too old while Todoku was not running gets one more chance before it is returned.
asio::awaitable<void> Queue::give_grace(store::Time at) {
  const auto overdue = co_await keeping_.store.overdue(at, every_one);
  if (overdue.has_error()) co_return;
  store::Changes changes;
  for (const auto& one : *overdue) {
    const auto loaded = co_await keeping_.store.load(one.id);
    if (loaded.has_error() || !*loaded || (*loaded)->state != MessageState::waiting) continue;
    auto record = **loaded;
    record.deadline = std::max(record.deadline, at + grace);
    changes.push_back(store::PutMessage{std::move(record)});
  }
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::process);
  if (failed) log_trouble("queue.not_written", "", failed);
}

asio::awaitable<void> Queue::run() {
  while (!is_stopping_) {
    is_woken_ = false;
    // What was out of reach before the sleep may be back, so it is tried at once.
    if (sleep_.has_slept(now(), std::chrono::steady_clock::now())) network_is_back();
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
    if (loaded.has_error() || !*loaded) continue;
    auto record = **loaded;
    auto aftermath = after_deadline(record, around_.settings, now());
    co_await commit(std::move(record), std::move(aftermath));
  }
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

asio::awaitable<void> Queue::do_requests() {
  const auto requests = co_await keeping_.store.take_requests();
  if (requests.has_error()) co_return;
  for (const auto& request : *requests) co_await do_request(request);
}

// What a test mail has shown of a fallback, found out by todoku relays learn.
Decision Queue::learn(const store::Request& request) {
  Decision decision;
  auto lesson = delivery::lesson_from(request.corrections, now());
  lesson.fallback = request.message_id;
  const bool is_known = !lesson.from_domain.empty() && paths_.learn(lesson, decision.changes);
  if (!is_known) decision.outcome = store::RequestOutcome::no_such_message;
  return decision;
}

asio::awaitable<Decision> Queue::decide(const store::Request& request) {
  if (request.verb == store::Verb::learn) co_return learn(request);
  if (request.verb == store::Verb::know_people)
    co_return people_known(request, around_.settings, now());
  Decision decision;
  const auto loaded = co_await keeping_.store.load(request.message_id);
  if (loaded.has_error() || !*loaded) {
    decision.outcome = store::RequestOutcome::no_such_message;
    co_return decision;
  }
  auto record = **loaded;
  const bool is_busy = under_way_.contains(record.id) || unwritten_.contains(record.id);
  if (is_busy) {
    decision.outcome = store::RequestOutcome::wrong_state;
    co_return decision;
  }
  co_return after_request(record, request, around_.settings, now());
}

asio::awaitable<void> Queue::do_request(store::Request request) {
  auto decision = co_await decide(request);
  decision.changes.push_back(store::AnswerRequest{request.number, decision.outcome});
  auto changes = std::move(decision.changes);
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  if (failed) log_trouble("queue.not_written", request.message_id, failed);
  const bool may_send = request.verb == store::Verb::retry || request.verb == store::Verb::release;
  if (decision.outcome == store::RequestOutcome::done && may_send) {
    network_is_back();  // a person wants it tried now
  }
  around_.log.write(
      platform::LogLevel::info, "queue.request", request.message_id,
      {{"verb", store::to_string(request.verb)}, {"outcome", store::to_string(decision.outcome)}});
}

}  // namespace todoku::relay
