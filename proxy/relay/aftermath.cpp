// SPDX-License-Identifier: Apache-2.0
// What an attempt has brought for a kept message.
#include "proxy/relay/aftermath.hpp"

#include "proxy/delivery/next_step.hpp"
#include "proxy/delivery/schedule.hpp"
#include "proxy/relay/keeping.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

using delivery::MessageState;
using delivery::RecipientState;
using store::EventKind;
using store::WaitsFor;

namespace {

void wait_on(store::StoredMessage& record, const delivery::Attempt& attempt,
             const settings::Settings& settings, store::Time now, double chance) {
  record.state = MessageState::waiting;
  if (delivery::is_login_refused(attempt)) {
    record.waits_for = WaitsFor::login;
    record.next_attempt = record.arrived + settings.delivery.max_age;
    return;
  }
  record.waits_for = delivery::is_out_of_reach(attempt) ? WaitsFor::relay : WaitsFor::time;
  record.next_attempt =
      delivery::next_attempt(record.attempts, settings.delivery.retry, attempt.reply, now, chance);
}

// Nothing is left to be sent.
void settle(store::StoredMessage& record, store::Time now, store::Changes& changes) {
  record.waits_for = WaitsFor::nothing;
  if (has_any(record, RecipientState::refused)) {
    record.state = MessageState::returned;
    return;
  }
  record.state = MessageState::sent;
  if (!record.is_notice) add_event(changes, record, now, EventKind::sent_late);
}

void note_correspondents(const store::StoredMessage& record, store::Time now,
                         store::Changes& changes) {
  store::NoteCorrespondents written{record.account, {}, now};
  for (const auto& outcome : record.outcomes) {
    if (outcome.state == RecipientState::sent) written.addresses.push_back(outcome.address);
  }
  if (!written.addresses.empty() && !record.is_notice) changes.push_back(std::move(written));
}

}  // namespace

const char* to_string(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "none";
    case Reason::refused:
      return "refused";
    case Reason::too_old:
      return "too_old";
    case Reason::held_too_long:
      return "held_too_long";
    case Reason::unknown_too_long:
      return "unknown_too_long";
  }
  return "";
}

void mark_unknown(store::StoredMessage& record, const settings::Settings& settings, store::Time now,
                  store::Changes& changes) {
  record.state = MessageState::unknown;
  record.waits_for = WaitsFor::person;
  const bool resend = settings.delivery.when_unknown == settings::WhenUnknown::resend;
  // Once only: a message that was sent again and is unknown again waits for a person.
  if (resend && !record.was_resent) record.waits_for = WaitsFor::time;
  record.deadline = now + (record.waits_for == WaitsFor::time ? settings.delivery.unknown_wait
                                                              : settings.delivery.decide_within);
  add_event(changes, record, now, EventKind::unknown);
}

store::Time first_deadline(const settings::Settings& settings, store::Time arrived) {
  return arrived + std::min(settings.delivery.delay_notice, settings.delivery.max_age);
}

std::string addresses_of(const std::vector<delivery::RecipientOutcome>& outcomes) {
  std::string addresses;
  for (const auto& outcome : outcomes) {
    addresses += (addresses.empty() ? "" : ", ") + outcome.address;
  }
  return addresses;
}

void add_attempts(const store::StoredMessage& record, const Journey& journey,
                  store::Changes& changes) {
  for (const auto& attempt : journey.attempts) {
    changes.push_back(store::AddAttempt{{record.id, record.changed, attempt}});
  }
}

namespace {

// Nobody has got it yet: now that it is ours, its recipients can go by different ways.
Aftermath before_several_ways(store::StoredMessage& record, const Journey& journey,
                              store::Time now) {
  Aftermath aftermath;
  record.may_have_left = false;
  record.state = MessageState::waiting;
  record.waits_for = WaitsFor::time;
  record.next_attempt = now;
  aftermath.changes = journey.changes;
  put(aftermath.changes, record, now);
  add_attempts(record, journey, aftermath.changes);
  return aftermath;
}

// Refused for good, but a fallback could take them once the sender's domain allows it: a person
// decides. True: nothing else is to be done for this message.
bool hold_the_withheld(store::StoredMessage& record, const Journey& journey) {
  bool has_any_withheld = false;
  for (auto& outcome : record.outcomes) {
    const auto& withheld = journey.withheld_from;
    const bool is_withheld = std::ranges::find(withheld, outcome.address) != withheld.end();
    if (!is_withheld || outcome.state != RecipientState::refused) continue;
    outcome.state = RecipientState::deferred;
    has_any_withheld = true;
  }
  if (!has_any_withheld) return false;
  // Where others are still to be tried, these are tried again with them.
  return std::ranges::all_of(record.outcomes, [&](const auto& outcome) {
    const auto& withheld = journey.withheld_from;
    return !delivery::may_try_again(outcome.state) ||
           std::ranges::find(withheld, outcome.address) != withheld.end();
  });
}

void hold(store::StoredMessage& record, const Journey& journey, const settings::Settings& settings,
          store::Time now, Aftermath& aftermath) {
  record.state = MessageState::held;
  record.waits_for = WaitsFor::person;
  record.deadline = now + settings.delivery.decide_within;
  aftermath.withheld = journey.verdict.withheld;
  add_event(aftermath.changes, record, now, EventKind::held, {{"reason", "withheld"}});
}

}  // namespace

Aftermath after_journey(store::StoredMessage& record, const Journey& journey,
                        const settings::Settings& settings, store::Time now, double chance) {
  if (journey.needs_several_ways) return before_several_ways(record, journey, now);
  Aftermath aftermath;
  const auto& verdict = journey.verdict;
  aftermath.changes = journey.changes;
  ++record.attempts;
  record.may_have_left = false;
  const auto before = record.outcomes;
  take_outcomes(record, verdict);
  const bool is_unknown = has_any(record, RecipientState::unknown);
  const bool is_for_a_person =
      !is_unknown && !record.is_notice && hold_the_withheld(record, journey);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool is_new = record.outcomes[i].state != before[i].state;
    const bool is_refused = record.outcomes[i].state == RecipientState::refused;
    if (is_new && is_refused) aftermath.failed.push_back(record.outcomes[i]);
  }
  if (is_unknown) {
    mark_unknown(record, settings, now, aftermath.changes);
  } else if (is_for_a_person) {
    hold(record, journey, settings, now, aftermath);
  } else if (has_any(record, RecipientState::waiting) ||
             has_any(record, RecipientState::deferred)) {
    wait_on(record, verdict.attempt, settings, now, chance);
  } else {
    settle(record, now, aftermath.changes);
    note_correspondents(record, now, aftermath.changes);
  }
  aftermath.relay = verdict.attempt.relay;
  if (!aftermath.failed.empty() && !record.is_notice) {
    aftermath.reason = Reason::refused;
    add_event(aftermath.changes, record, now, EventKind::returned,
              {{"reason", to_string(aftermath.reason)},
               {"addresses", addresses_of(aftermath.failed)},
               {"relay", verdict.attempt.relay},
               {"reply", smtp::to_line(aftermath.failed.front().reply)}});
  }
  put(aftermath.changes, record, now);
  add_attempts(record, journey, aftermath.changes);
  return aftermath;
}

}  // namespace todoku::relay
