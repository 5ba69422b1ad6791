// SPDX-License-Identifier: Apache-2.0
#pragma once

// All checks together: what they found, and what is done about it. Pure, any thread. Never throws:
// a check that fails is a note, and blocks no mail.
#include "proxy/checks/facts.hpp"
#include "proxy/checks/finding.hpp"
#include "proxy/checks/lists.hpp"
#include "proxy/checks/watched_words.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/envelope.hpp"

#include <cstdint>

namespace todoku::checks {

enum class Outcome : std::uint8_t {
  accept,
  hold,    // kept until a person has said what to do
  refuse,  // the mail client is told no
};

struct Verdict {
  Outcome outcome = Outcome::accept;
  Findings findings;                  // the gravest first; what is off is not among them
  settings::Duration undo_window{0};  // an accepted message waits so long and can be taken back
};

// What the checks work with, whatever the message is: made once for the settings, which with the
// lists outlive it.
struct Desk {
  Desk(const settings::Checks& checks, const Lists& all_lists)
      : settings(checks), lists(all_lists), watched(checks.watched_words) {}

  const settings::Checks& settings;
  const Lists& lists;
  const WatchedWords watched;
};

// At MAIL and at RCPT (the last of the envelope's recipients): what can be said without the
// message. facts.recipients: those that are to be judged.
[[nodiscard]] Verdict judge_envelope(const Desk& desk, const smtp::Envelope& envelope,
                                     const Facts& facts) noexcept;
// The whole message.
[[nodiscard]] Verdict judge(const Desk& desk, const skeleton::Skeleton& skeleton,
                            const smtp::Envelope& envelope, const Facts& facts) noexcept;

// Outcome and order from the levels that the findings have now.
void settle(Verdict& verdict);

}  // namespace todoku::checks
