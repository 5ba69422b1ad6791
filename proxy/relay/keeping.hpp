// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where kept messages live, and the small turns between a message in hand (Outgoing) and its record
// in the store. Plain functions; I/O thread.
#include "proxy/delivery/named_texts.hpp"
#include "proxy/delivery/settlement.hpp"
#include "proxy/store/journal.hpp"
#include "proxy/store/records.hpp"
#include "proxy/store/store.hpp"
#include "proxy/submission/carrier.hpp"

#include <functional>
#include <string>

namespace todoku::relay {

// Owned by main; everything outlives the rooms.
struct Keeping {
  store::Store& store;
  store::Spool& spool;
  store::Journal& journal;
  std::function<std::string(const delivery::Sentence&)> say;  // in the user's language, UTF-8
};

using store::now;

// What an attempt has shown of a relay.
[[nodiscard]] store::PutRelay reach_of(const std::string& relay, const delivery::Attempt& attempt,
                                       bool is_in_reach);

// A record of a message that has arrived whole; its state is `sending`.
[[nodiscard]] store::StoredMessage record_of(const submission::Outgoing& message,
                                             const store::RepeatKey& key);
// A line of its history.
void add_event(store::Changes& changes, const store::StoredMessage& record, store::Time at,
               store::EventKind kind, delivery::NamedTexts parameters = {});
// The record as it is now.
void put(store::Changes& changes, store::StoredMessage& record, store::Time now);
// What the checks saw in it, for its history.
void add_findings(const submission::Outgoing& message, store::Changes& changes);
// Takes the verdict's outcomes over, by address and order, for those that were still to be sent.
void take_outcomes(store::StoredMessage& record, const delivery::Verdict& verdict);
// Who is still to be sent to, in the record's order.
[[nodiscard]] smtp::Envelope envelope_of_rest(const store::StoredMessage& record);
[[nodiscard]] bool has_any(const store::StoredMessage& record, delivery::RecipientState state);

}  // namespace todoku::relay
