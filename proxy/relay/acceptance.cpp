// SPDX-License-Identifier: Apache-2.0
// From the client's last byte to its answer.
#include "proxy/relay/acceptance.hpp"

#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/aftermath.hpp"

#include <chrono>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;
using delivery::NextStep;
using delivery::Settlement;

Acceptance::Acceptance(Surroundings& around, Relay& relay, Queue& queue, Keeping& keeping)
    : around_(around), relay_(relay), queue_(queue), keeping_(keeping) {}

Acceptance::~Acceptance() = default;

void Acceptance::prepare(const settings::Account& account) {
  if (queue_.known_trouble(account) == nullptr) relay_.prepare(account);
}

smtp::Capabilities Acceptance::offered() const {
  return relay_.offered();
}

bool Acceptance::needs_login(const settings::Account& account) const {
  return relay_.needs_login(account);
}

error_code Acceptance::check_room(std::uint64_t size) const {
  return keeping_.store.check_room(size);
}

void Acceptance::begin(std::shared_ptr<submission::Outgoing> message) {
  begin_live(std::move(message));
}

Acceptance::LivePointer Acceptance::add_live(std::shared_ptr<submission::Outgoing> message) {
  auto live = std::make_shared<Live>(around_.rooms.executor(), std::move(message));
  const auto& outgoing = *live->message;
  live->key = delivery::repeat_key(outgoing.account->name, outgoing.envelope,
                                   outgoing.message_id_header, outgoing.body_digest);
  lives_[outgoing.id] = live;
  return live;
}

Acceptance::LivePointer Acceptance::begin_live(std::shared_ptr<submission::Outgoing> message) {
  auto live = add_live(std::move(message));
  if (!joins_another(*live)) around_.rooms.start("delivery", run_attempt(live));
  return live;
}

bool Acceptance::joins_another(Live& live) {
  const auto first = repeats_.find(live.key, now());
  if (first && may_join(live, *first)) {
    live.joined = *first;
    live.message->body->detach_reader();  // nobody will read it: the client is not held back
    live.message->break_off = [this, id = live.message->id] {
      lives_.erase(id);
      return true;
    };
    around_.log.write(platform::LogLevel::info, "submission.repeat", live.message->id,
                      {{"joins", live.joined}});
    return true;
  }
  repeats_.add(live.key, live.message->id, now());
  return false;
}

// Two clients may well send equal bytes at the same time. Without a Message-ID it is a repeat only
// when the first one's client has gone without its answer.
bool Acceptance::may_join(const Live& live, const std::string& first) const {
  const auto found = lives_.find(first);
  if (found == lives_.end()) return true;
  const auto& message = *found->second->message;
  if (message.is_given_up) return false;
  if (!live.message->message_id_header.empty()) return true;
  return !message.is_client_gone || message.is_client_gone();
}

asio::awaitable<void> Acceptance::run_attempt(LivePointer live) {
  auto& message = *live->message;
  // Also when an exception ends it: nobody may wait for ever for a reader that is gone.
  const auto let_go = [](Live* held) {
    held->message->before_end = nullptr;
    held->message->body->detach_reader();
    held->changed.notify_all();
  };
  const std::unique_ptr<Live, decltype(let_go)> in_hand(live.get(), let_go);
  std::weak_ptr<Live> weak = live;
  message.before_end = [this, weak] { return may_end(weak.lock()); };
  auto journey = co_await queue_.carry(live->message);
  live->journey = std::move(journey);
  if (live->has_left && !live->is_ours) close_in_journal(*live);
  if (message.is_given_up) forget(*live);
  live->changed.notify_all();
  if (live->is_handed_on) {
    auto record = live->record;
    auto known = *live->journey;
    co_await queue_.finish(std::move(record), std::move(known));
  }
}

// What may have been delivered stays in the journal until it is in the database.
void Acceptance::close_in_journal(const Live& live) {
  const auto state = live.journey->verdict.state();
  if (state == MessageState::unknown) return;
  keeping_.journal.settled(live.message->id, state == MessageState::sent);
  ++settled_;
}

// The end may leave only when it is written down that the message may be delivered from now on: in
// the journal while the client still owns it, on disk when it has our 250.
asio::awaitable<bool> Acceptance::may_end(LivePointer live) {
  if (!live) co_return false;
  const wire::Duration no_limit{0};
  while (live->is_being_kept) co_await live->changed.wait(no_limit);
  if (live->message->is_given_up) co_return false;  // it could not be kept
  if (!live->is_ours) {
    const auto failed = keeping_.journal.about_to_leave(live->message->id, live->key, now());
    live->has_left = !failed;
    co_return !failed;
  }
  live->record.may_have_left = true;
  store::Changes changes;
  changes.push_back(store::PutMessage{live->record});
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  live->has_left = !failed;
  co_return !failed;
}

asio::awaitable<Settlement> Acceptance::settle(std::shared_ptr<submission::Outgoing> message) {
  const auto known = lives_.find(message->id);
  const auto live = known == lives_.end() ? begin_live(message) : known->second;
  const auto let_go = [](submission::Outgoing* held) { held->stop_waiting = nullptr; };
  const std::unique_ptr<submission::Outgoing, decltype(let_go)> waiting(message.get(), let_go);
  message->stop_waiting = [hurried = live.get()] {
    hurried->is_hurried = true;
    hurried->changed.notify_all();
  };
  Settlement settlement;
  if (live->is_repeat()) {
    settlement = co_await settle_repeat(live);
  } else {
    settlement = co_await settle_first(live);
  }
  live->settlement = settlement;
  live->changed.notify_all();
  co_return settlement;
}

asio::awaitable<void> Acceptance::wait_for_verdict(LivePointer live) {
  const auto end = std::chrono::steady_clock::now() + around_.settings.delivery.answer_budget;
  while (!live->journey && !live->is_hurried) {
    const auto left = std::chrono::ceil<wire::Duration>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return;
    co_await live->changed.wait(left);
  }
}

// The relay's verdict is the client's answer.
bool Acceptance::is_decided(const Live& live) const {
  const auto* verdict = live.verdict();
  return verdict != nullptr &&
         delivery::next_step(*verdict, around_.settings.delivery.queue_deferred) ==
             NextStep::answer;
}

asio::awaitable<Settlement> Acceptance::settle_first(LivePointer live) {
  co_await wait_for_verdict(live);
  if (is_decided(*live)) {
    write_down(*live);
    co_return decided(*live);
  }
  auto settlement = co_await keep(live);
  co_return settlement;
}

Settlement Acceptance::decided(const Live& live) {
  Settlement settlement;
  settlement.verdict = *live.verdict();
  settlement.message_id = live.message->id;
  return settlement;
}

// Behind the answer: nobody waits for it.
void Acceptance::write_down(Live& live) {
  auto record = record_of(*live.message, live.key);
  take_outcomes(record, *live.verdict());
  const bool is_sent = live.verdict()->state() == MessageState::sent;
  record.state = is_sent ? MessageState::sent : MessageState::refused;
  record.is_client_told = true;  // corrected by answered() where it turns out otherwise
  record.attempts = 1;
  auto changes = live.journey->changes;
  add_findings(*live.message, changes);
  add_attempts(record, *live.journey, changes);
  if (is_sent) {
    store::NoteCorrespondents written{record.account, {}, record.changed};
    for (const auto& outcome : record.outcomes) written.addresses.push_back(outcome.address);
    changes.push_back(std::move(written));
  }
  store::PutMessage put{std::move(record)};
  if (is_sent) keep_copy(live, put);
  changes.push_back(std::move(put));
  keeping_.store.write_behind(std::move(changes));
}

// Sent mail is kept for a while, so that it can go another way when it bounces.
void Acceptance::keep_copy(Live& live, store::PutMessage& put) {
  if (around_.settings.store.keep_sent.count() == 0) return;
  auto& body = *live.message->body;
  if (body.is_in_file()) {
    if (!body.keep()) put.message.body = store::BodyPlace::file;
    return;
  }
  put.copy = body.release_small_bytes();
}

void Acceptance::answered(const submission::Outgoing& message, bool is_told) {
  const auto found = lives_.find(message.id);
  if (found == lives_.end()) return;
  const auto live = found->second;
  lives_.erase(found);
  if (!live->settlement) return;
  // Equal bytes without a Message-ID are a repeat only as long as the client waits for an answer.
  const bool has_id = !message.message_id_header.empty();
  const bool is_unknown = live->settlement->kind == Settlement::Kind::kept_unknown;
  if (is_told && !has_id && !is_unknown) repeats_.forget(live->key, live->settlement->message_id);
  if (live->settlement->kind != Settlement::Kind::decided) return;
  const bool is_sent = live->settlement->verdict.state() == MessageState::sent;
  // A refused message may come again, and a sent one whose client knows it is a new one.
  if (!is_sent || is_told) repeats_.forget(live->key, live->settlement->message_id);
  if (is_sent && is_told == live->is_repeat()) {
    around_.rooms.start("submission.told", write_told(live->settlement->message_id, is_told));
  }
}

asio::awaitable<void> Acceptance::write_told(std::string id, bool is_told) {
  const auto loaded = co_await keeping_.store.load(std::move(id));
  if (loaded.has_error() || !*loaded) co_return;
  auto record = **loaded;
  record.is_client_told = is_told;
  store::Changes changes;
  changes.push_back(store::PutMessage{std::move(record)});
  keeping_.store.write_behind(std::move(changes));
}

asio::awaitable<void> Acceptance::shorten_journal() {
  const auto before = settled_;
  store::Changes none;  // everything that was written behind so far is in the database after this
  const auto failed = co_await keeping_.store.write(std::move(none), store::Durability::process);
  if (failed) co_return;
  // Whatever was settled meanwhile has only the journal yet; but it may not grow without end
  // either.
  constexpr int most_postponed = 12;
  const bool is_quiet = before == settled_;
  if (!is_quiet && ++postponed_ < most_postponed) co_return;
  postponed_ = 0;
  keeping_.journal.cut_when_idle();
}

void Acceptance::forget(const Live& live) {
  const auto id = live.message->id;
  if (!live.is_repeat()) repeats_.forget(live.key, id);
  lives_.erase(id);
}

}  // namespace todoku::relay
