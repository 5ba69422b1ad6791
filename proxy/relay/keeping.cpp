// SPDX-License-Identifier: Apache-2.0
// Records of messages.
#include "proxy/relay/keeping.hpp"

#include "proxy/delivery/verdict.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

store::PutRelay reach_of(const std::string& relay, const delivery::Attempt& attempt,
                         bool is_in_reach) {
  store::StoredRelay known;
  known.name = relay;
  known.state = is_in_reach ? store::RelayState::in_reach : store::RelayState::out_of_reach;
  known.since = now();
  if (!is_in_reach) known.trouble = delivery::trouble_in_words(attempt);
  return {std::move(known)};
}

store::StoredMessage record_of(const submission::Outgoing& message, const store::RepeatKey& key) {
  store::StoredMessage record;
  record.id = message.id;
  record.state = delivery::MessageState::sending;
  record.account = message.account->name;
  record.user = message.credentials.user;
  record.envelope = message.envelope;
  for (const auto& recipient : message.envelope.recipients) {
    record.outcomes.push_back({recipient.address, delivery::RecipientState::waiting, {}});
  }
  record.message_id_header = message.message_id_header;
  record.subject = message.subject;
  record.from_address = message.from_address;
  record.is_signed = message.is_signed;
  record.size = message.body->size();
  record.repeat_key = key;
  record.arrived = record.changed = now();
  return record;
}

void add_event(store::Changes& changes, const store::StoredMessage& record, store::Time at,
               store::EventKind kind, delivery::NamedTexts parameters) {
  store::StoredEvent event;
  event.at = at;
  event.message_id = record.id;
  event.kind = kind;
  event.parameters = std::move(parameters);
  changes.push_back(store::AddEvent{std::move(event)});
}

void put(store::Changes& changes, store::StoredMessage& record, store::Time now) {
  record.changed = now;
  changes.push_back(store::PutMessage{record});
}

void add_findings(const submission::Outgoing& message, store::Changes& changes) {
  for (const auto& finding : message.findings) {
    store::StoredEvent event;
    event.at = std::chrono::floor<std::chrono::milliseconds>(message.checked_at);
    event.message_id = message.id;
    event.kind = store::EventKind::noted;
    event.parameters = {{"check", std::string(checks::to_string(finding.check))},
                        {"code", finding.code}};
    event.parameters.insert(event.parameters.end(), finding.parameters.begin(),
                            finding.parameters.end());
    changes.push_back(store::AddEvent{std::move(event)});
  }
}

void take_outcomes(store::StoredMessage& record, const delivery::Verdict& verdict) {
  auto next = verdict.recipients.begin();
  for (auto& outcome : record.outcomes) {
    if (next == verdict.recipients.end()) return;
    if (!delivery::may_try_again(outcome.state) || outcome.address != next->address) continue;
    outcome = *next++;
  }
}

smtp::Envelope envelope_of_rest(const store::StoredMessage& record) {
  auto rest = record.envelope;
  rest.recipients.clear();
  for (std::size_t i = 0; i < record.outcomes.size(); ++i) {
    if (delivery::may_try_again(record.outcomes[i].state)) {
      rest.recipients.push_back(record.envelope.recipients[i]);
    }
  }
  return rest;
}

bool has_any(const store::StoredMessage& record, delivery::RecipientState state) {
  return std::ranges::any_of(record.outcomes,
                             [state](const auto& outcome) { return outcome.state == state; });
}

}  // namespace todoku::relay
