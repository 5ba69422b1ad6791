// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an attempt, its time or a person does to the record of a kept message: its new state, when
// it is tried again, and what people are told. Plain decisions over values; time and chance are
// arguments.
#include "proxy/delivery/states.hpp"
#include "proxy/relay/journey.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace todoku::relay {

// Why a message, or a part of it, is returned.
enum class Reason : std::uint8_t {
  none,              // it is not
  refused,           // a relay refused it for good
  too_old,           // max_age has passed
  held_too_long,     // nobody has decided; not sent
  unknown_too_long,  // nobody has decided; perhaps delivered
};
[[nodiscard]] const char* to_string(Reason reason);

struct Aftermath {
  store::Changes changes;  // the record itself and the attempt are among them
  std::vector<delivery::RecipientOutcome> failed;  // to be told of now: refused for good
  Reason reason = Reason::none;
  std::string relay;  // the last one that was tried; may be empty
  // Held for a person: only a fallback could take it, and it may not carry this sender's mail.
  std::optional<delivery::AlignmentRecord> withheld;
};

// The record is changed, and put into changes with the journey's own.
[[nodiscard]] Aftermath after_journey(store::StoredMessage& record, const Journey& journey,
                                      const settings::Settings& settings, store::Time now,
                                      double chance);
// What was tried, in order.
void add_attempts(const store::StoredMessage& record, const Journey& journey,
                  store::Changes& changes);
// Its time is up: too old, held or unknown for too long.
[[nodiscard]] Aftermath after_deadline(store::StoredMessage& record,
                                       const settings::Settings& settings, store::Time now);
// What a person wants; the outcome says whether that was possible.
struct Decision {
  store::RequestOutcome outcome = store::RequestOutcome::done;
  store::Changes changes;
};
[[nodiscard]] Decision after_request(store::StoredMessage& record, const store::Request& request,
                                     const settings::Settings& settings, store::Time now);
// About no message: these people are known to every account.
[[nodiscard]] Decision people_known(const store::Request& request,
                                    const settings::Settings& settings, store::Time now);

// Perhaps delivered: a person is asked, or it is sent once more after a while (when_unknown).
void mark_unknown(store::StoredMessage& record, const settings::Settings& settings, store::Time now,
                  store::Changes& changes);
// Of these, as a text for an event.
[[nodiscard]] std::string addresses_of(const std::vector<delivery::RecipientOutcome>& outcomes);
// When a message that arrived then is looked at again for being late.
[[nodiscard]] store::Time first_deadline(const settings::Settings& settings, store::Time arrived);

}  // namespace todoku::relay
