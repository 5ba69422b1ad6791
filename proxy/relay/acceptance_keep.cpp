// SPDX-License-Identifier: Apache-2.0
// Making a message ours: durable before the 250; and the same message coming again.
#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/acceptance.hpp"
#include "proxy/relay/aftermath.hpp"

#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;
using delivery::NextStep;
using delivery::Settlement;
using store::EventKind;

// What an attempt has said so far goes into the record; one that is still under way is taken over
// by the queue when it ends.
asio::awaitable<Settlement> Acceptance::keep(LivePointer live) {
  const auto& id = live->message->id;
  auto& record = live->record = record_of(*live->message, live->key);
  record.state = MessageState::waiting;
  record.waits_for = store::WaitsFor::relay;
  record.has_our_250 = record.is_client_told = true;
  record.next_attempt = record.arrived;
  record.deadline = first_deadline(around_.settings, record.arrived);
  record.may_have_left = live->has_left && !live->journey;
  queue_.reserve(id);
  live->is_ours = true;
  const bool is_over = live->journey.has_value();
  store::Changes changes;
  put_body(*live, record, changes);
  add_findings(*live->message, changes);
  if (is_over) {
    auto aftermath = queue_.judge(record, *live->journey);  // puts the record, too
    for (auto& change : aftermath.changes) changes.push_back(std::move(change));
  } else {
    changes.push_back(store::PutMessage{record});
  }
  if (record.state == MessageState::waiting) {
    const auto* verdict = live->verdict();
    const auto attempt = verdict != nullptr ? verdict->attempt : delivery::Attempt{};
    add_event(changes, record, record.changed, EventKind::queued,
              {{"relay", attempt.relay}, {"detail", attempt.detail}});
  }
  live->is_being_kept = true;
  const auto failed = co_await make_durable(live, std::move(changes));
  live->is_being_kept = false;
  live->changed.notify_all();
  if (failed) co_return cannot_keep(*live, failed);
  keeping_.journal.settled(id, false);  // the database has it now
  if (is_over) {
    queue_.release(id);
    co_return kept(*live);
  }
  if (!live->journey) {
    live->is_handed_on = true;
    co_return kept(*live);
  }
  // The verdict came while the disk was being waited for: it is the better answer.
  auto settlement = co_await settle_after_all(live);
  co_return settlement;
}

// Body and record, whole or not at all.
asio::awaitable<error_code> Acceptance::make_durable(LivePointer live, store::Changes changes) {
  auto& body = *live->message->body;
  auto failed = body.keep();
  if (!failed) failed = co_await body.make_durable();
  if (!failed) {
    failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  }
  if (failed) body.let_go();
  co_return failed;
}

void Acceptance::put_body(Live& live, store::StoredMessage& record, store::Changes& changes) {
  auto& body = *live.message->body;
  record.body = body.is_in_file() ? store::BodyPlace::file : store::BodyPlace::database;
  if (body.is_in_file()) return;
  changes.push_back(store::PutBody{record.id, std::string(body.small_bytes())});
}

Settlement Acceptance::kept(const Live& live) const {
  Settlement settlement;
  settlement.within = hours_to_decide();
  settlement.kind = live.record.state == MessageState::unknown ? Settlement::Kind::kept_unknown
                                                               : Settlement::Kind::queued;
  settlement.verdict.attempt.relay = name_of(live.message->account->upstream);
  if (live.verdict() != nullptr) settlement.verdict = *live.verdict();
  settlement.message_id = live.message->id;
  return settlement;
}

std::chrono::hours Acceptance::hours_to_decide() const {
  return std::chrono::ceil<std::chrono::hours>(around_.settings.delivery.decide_within);
}

asio::awaitable<Settlement> Acceptance::settle_after_all(LivePointer live) {
  auto journey = *live->journey;
  const auto& verdict = journey.verdict;
  const bool is_refused = !journey.needs_several_ways &&
                          delivery::next_step(verdict, false) == NextStep::answer &&
                          verdict.state() != MessageState::sent;
  if (is_refused) {
    // The client hears it itself: there is nothing to carry and nothing to return.
    take_outcomes(live->record, verdict);
    live->record.state = MessageState::refused;
    live->record.waits_for = store::WaitsFor::nothing;
    live->record.has_our_250 = live->record.may_have_left = false;
    auto changes = journey.changes;
    add_attempts(live->record, journey, changes);
    changes.push_back(store::PutMessage{live->record});
    const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
    queue_.release(live->record.id);
    // As long as the refusal cannot be written down, the message is still ours.
    if (failed) co_return kept(*live);
    co_return decided(*live);
  }
  auto record = live->record;
  co_await queue_.finish(std::move(record), std::move(journey));
  if (live->verdict() == nullptr) co_return kept(*live);
  if (live->verdict()->state() == MessageState::sent) co_return decided(*live);
  if (live->verdict()->state() == MessageState::unknown) live->record.state = MessageState::unknown;
  co_return kept(*live);
}

// Nothing was written: the message stays the client's, unless its end has left already.
Settlement Acceptance::cannot_keep(Live& live, const error_code& why) {
  queue_.release(live.message->id);
  live.is_ours = false;
  around_.log.write(platform::LogLevel::error, "queue.cannot_keep", live.message->id,
                    {{"detail", why.message()}});
  if (live.journey && live.has_left) close_in_journal(live);
  if (is_decided(live)) {
    // Its verdict came while the disk was being waited for.
    write_down(live);
    return decided(live);
  }
  Settlement settlement;
  settlement.message_id = live.message->id;
  settlement.kind =
      keeping_.store.is_key_locked() ? Settlement::Kind::key_locked : Settlement::Kind::no_room;
  if (live.verdict() != nullptr) {
    settlement.verdict = *live.verdict();
    if (live.verdict()->state() == MessageState::unknown)
      settlement.kind = Settlement::Kind::perhaps;
  } else if (!live.message->give_up()) {
    settlement.kind = Settlement::Kind::perhaps;
  }
  // A repeat may try afresh; one that may have been delivered stays known.
  if (settlement.kind != Settlement::Kind::perhaps) repeats_.forget(live.key, live.message->id);
  return settlement;
}

asio::awaitable<Settlement> Acceptance::settle_repeat(LivePointer live) {
  live->message->break_off = nullptr;  // it has come whole
  const auto first = lives_.find(live->joined);
  if (first == lives_.end()) {
    auto stored = co_await join_stored(live);
    co_return stored;
  }
  const auto other = first->second;
  const wire::Duration no_limit{0};
  // The first one's own budget bounds this wait.
  while (!other->settlement && !other->message->is_given_up) {
    co_await other->changed.wait(no_limit);
  }
  if (!other->settlement) {
    auto own = co_await settle_alone(live);
    co_return own;
  }
  auto settlement = *other->settlement;
  settlement.is_repeat = true;
  co_return settlement;
}

// The first one is over in a way that leaves nothing to join: this one goes by itself.
asio::awaitable<Settlement> Acceptance::settle_alone(LivePointer live) {
  live->joined.clear();
  repeats_.add(live->key, live->message->id, now());
  around_.rooms.start("delivery", run_attempt(live));
  auto settlement = co_await settle_first(live);
  co_return settlement;
}

asio::awaitable<Settlement> Acceptance::join_stored(LivePointer live) {
  const auto loaded = co_await keeping_.store.load(live->joined);
  const bool is_there = loaded.has_value() && loaded->has_value();
  Settlement settlement;
  settlement.message_id = live->joined;
  settlement.is_repeat = true;
  settlement.within = hours_to_decide();
  settlement.verdict.attempt.relay = name_of(live->message->account->upstream);
  if (!is_there) {
    auto own = co_await settle_alone(live);
    co_return own;
  }
  auto record = **loaded;
  switch (record.state) {
    case MessageState::sent:
      settlement.verdict.recipients = record.outcomes;
      co_return settlement;
    case MessageState::waiting:
    case MessageState::held:
      settlement.kind = Settlement::Kind::queued;
      co_return settlement;
    case MessageState::arriving:
    case MessageState::sending:
    case MessageState::unknown: {
      settlement.kind = Settlement::Kind::kept_unknown;
      if (record.has_our_250) co_return settlement;
      auto adopted = co_await adopt(live, std::move(record));
      co_return adopted;
    }
    case MessageState::refused:
    case MessageState::returned:
    case MessageState::discarded:
      break;
  }
  auto own = co_await settle_alone(live);
  co_return own;
}

// A killed Todoku left only a line in the journal: now the whole message is there to be kept and
// asked about.
asio::awaitable<Settlement> Acceptance::adopt(LivePointer live, store::StoredMessage bare) {
  auto record = record_of(*live->message, live->key);
  store::Changes changes;
  changes.push_back(store::DropMessage{bare.id});
  record.has_our_250 = record.is_client_told = true;
  record.state = MessageState::unknown;
  record.waits_for = store::WaitsFor::person;
  for (auto& outcome : record.outcomes) outcome.state = delivery::RecipientState::unknown;
  put_body(*live, record, changes);
  mark_unknown(record, around_.settings, now(), changes);
  live->record = record;
  changes.push_back(store::PutMessage{std::move(record)});
  const auto failed = co_await make_durable(live, std::move(changes));
  Settlement settlement;
  settlement.message_id = live->message->id;
  settlement.within = hours_to_decide();
  settlement.verdict.attempt.relay = name_of(live->message->account->upstream);
  settlement.kind = failed ? Settlement::Kind::perhaps : Settlement::Kind::kept_unknown;
  if (!failed) repeats_.add(live->key, live->message->id, now());
  co_return settlement;
}

asio::awaitable<void> Acceptance::recover() {
  const auto at = now();
  store::Changes changes;
  for (const auto& left : keeping_.journal.left()) {
    if (at - left.at > delivery::Repeats::window) continue;
    const auto loaded = co_await keeping_.store.load(left.id);
    if (loaded.has_error()) continue;
    store::StoredMessage record;
    if (*loaded) record = **loaded;
    if (*loaded && record.has_our_250) continue;
    record.id = left.id;
    record.repeat_key = left.key;
    record.is_client_told = false;
    if (!*loaded) {
      record.arrived = record.changed = left.at;
      record.state = left.was_sent ? MessageState::sent : MessageState::sending;
      record.may_have_left = !left.was_sent;
    }
    changes.push_back(store::PutMessage{std::move(record)});
  }
  if (!changes.empty()) {
    const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
    if (failed) co_return;  // the old journal stays for the next start
  }
  keeping_.journal.forget_left();
  const auto known = co_await keeping_.store.repeats_since(at - delivery::Repeats::window);
  if (known.has_error()) co_return;
  for (const auto& entry : *known) repeats_.add(entry.key, entry.id, entry.arrived);
}

}  // namespace todoku::relay
