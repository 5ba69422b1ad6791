// SPDX-License-Identifier: Apache-2.0
// What its time or a person does to a message that waits.
#include "proxy/relay/aftermath.hpp"
#include "proxy/relay/keeping.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace todoku::relay {

using delivery::MessageState;
using delivery::RecipientState;
using store::EventKind;
using store::WaitsFor;

namespace {

void go_now(store::StoredMessage& record, const settings::Settings& settings, store::Time now) {
  for (auto& outcome : record.outcomes) {
    if (outcome.state == RecipientState::unknown) outcome.state = RecipientState::waiting;
  }
  if (record.state != MessageState::waiting) record.deadline = now + settings.delivery.max_age;
  record.state = MessageState::waiting;
  record.waits_for = WaitsFor::time;
  record.next_attempt = now;
}

// What its deadline means short of the end.
bool goes_on(store::StoredMessage& record, const settings::Settings& settings, store::Time now,
             store::Changes& changes) {
  if (record.state == MessageState::waiting && now < record.arrived + settings.delivery.max_age) {
    // Only time to say that it still waits.
    record.deadline = record.arrived + settings.delivery.max_age;
    if (!record.is_notice) add_event(changes, record, now, EventKind::delayed);
    return true;
  }
  if (record.waits_for != WaitsFor::time) return false;
  if (record.state == MessageState::unknown) {
    record.was_resent = true;
    go_now(record, settings, now);
    add_event(changes, record, now, EventKind::resent);
    return true;
  }
  if (record.state == MessageState::held) {
    go_now(record, settings, now);
    record.deadline = first_deadline(settings, now);
    add_event(changes, record, now, EventKind::undo_window_over);
    return true;
  }
  return false;
}

void correct(store::StoredMessage& record, const store::Request& request) {
  for (const auto& [before, after] : request.corrections) {
    for (std::size_t i = 0; i < record.outcomes.size(); ++i) {
      if (record.outcomes[i].address != before) continue;
      record.outcomes[i].address = after;
      record.envelope.recipients[i].address = after;
      record.envelope.recipients[i].original_recipient.clear();
    }
  }
}

}  // namespace

Aftermath after_deadline(store::StoredMessage& record, const settings::Settings& settings,
                         store::Time now) {
  Aftermath aftermath;
  if (goes_on(record, settings, now, aftermath.changes)) {
    put(aftermath.changes, record, now);
    return aftermath;
  }
  aftermath.reason = record.state == MessageState::held      ? Reason::held_too_long
                     : record.state == MessageState::unknown ? Reason::unknown_too_long
                                                             : Reason::too_old;
  for (const auto& outcome : record.outcomes) {
    if (outcome.state != RecipientState::sent && outcome.state != RecipientState::refused) {
      aftermath.failed.push_back(outcome);
    }
  }
  record.state = MessageState::returned;
  record.waits_for = WaitsFor::nothing;
  if (!record.is_notice) {
    add_event(
        aftermath.changes, record, now, EventKind::returned,
        {{"reason", to_string(aftermath.reason)}, {"addresses", addresses_of(aftermath.failed)}});
  }
  put(aftermath.changes, record, now);
  return aftermath;
}

Decision people_known(const store::Request& request, const settings::Settings& settings,
                      store::Time now) {
  std::map<std::uint32_t, std::vector<std::string>> by_times;
  for (const auto& one : request.people)
    by_times[std::max<std::uint32_t>(1, one.times)].push_back(one.address);
  Decision decision;
  for (const auto& account : settings.accounts) {
    for (const auto& [times, addresses] : by_times)
      decision.changes.push_back(store::NoteCorrespondents{account.name, addresses, now, times});
  }
  return decision;
}

Decision after_request(store::StoredMessage& record, const store::Request& request,
                       const settings::Settings& settings, store::Time now) {
  Decision decision;
  const auto state = record.state;
  const bool is_open = state == MessageState::waiting || state == MessageState::held ||
                       state == MessageState::unknown;
  const bool is_about_none =
      request.verb == store::Verb::learn || request.verb == store::Verb::know_people;
  const bool fits = is_about_none                          ? false
                    : request.verb == store::Verb::discard ? is_open
                    : request.verb == store::Verb::release ? state == MessageState::held
                                                           : is_open && state != MessageState::held;
  if (!fits) {
    decision.outcome = store::RequestOutcome::wrong_state;
    return decision;
  }
  if (request.verb != store::Verb::discard && record.body == store::BodyPlace::none) {
    decision.outcome = store::RequestOutcome::body_gone;
    return decision;
  }
  switch (request.verb) {
    case store::Verb::learn:
    case store::Verb::know_people:
      break;
    case store::Verb::discard:
      record.state = MessageState::discarded;
      record.waits_for = WaitsFor::nothing;
      add_event(decision.changes, record, now, EventKind::discarded);
      break;
    case store::Verb::release:
      correct(record, request);
      go_now(record, settings, now);
      add_event(decision.changes, record, now, EventKind::released);
      break;
    case store::Verb::retry:
      if (state == MessageState::unknown) {
        record.was_resent = true;
        add_event(decision.changes, record, now, EventKind::resent);
      }
      go_now(record, settings, now);
      break;
  }
  put(decision.changes, record, now);
  return decision;
}

}  // namespace todoku::relay
