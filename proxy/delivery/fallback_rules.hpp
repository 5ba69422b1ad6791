// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which fallback relay, if any, a recipient's copy goes to after a relay did not take it
// (ARCHITECTURE: cause, not digit): by cause, sender, destination, the day's limit, health and
// alignment, in the order of the settings. Never for a recipient that a relay has accepted, never
// after a lost last answer. Pure.
#include "proxy/delivery/alignment_guard.hpp"
#include "proxy/delivery/fallback_cause.hpp"
#include "proxy/delivery/states.hpp"
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::delivery {

// One recipient of a message, after the last relay that was tried for it.
struct StrandedRecipient {
  std::string_view address;
  RecipientState state = RecipientState::deferred;
  std::optional<FallbackCause> cause;  // curable_cause; or what the path memory remembers
};

// What holds for one fallback now, for this message; in the order of the settings.
struct FallbackNow {
  bool was_tried = false;                     // with this message, for this recipient
  bool is_in_reach = true;                    // its breaker lets this message through
  std::uint32_t sent_today = 0;               // messages in the last 24 hours
  std::optional<AlignmentVerdict> alignment;  // nothing = not looked at yet
};

enum class NoPath : std::uint8_t {
  none,                // there is one
  accepted,            // a relay has it
  perhaps_delivered,   // the answer to the final dot was lost: a person decides
  not_curable,         // another path would not help
  no_fallback,         // none is configured
  tried,               // all that were allowed have been tried
  not_for_this_cause,  // from here on: why the first that is not tried yet was not taken
  not_for_this_sender,
  not_to_this_domain,
  day_is_full,
  out_of_reach,
  would_fail_alignment,  // hold and explain
};

struct NextPath {
  // The place in the settings' list. Before use: when its alignment was not looked at yet,
  // AlignmentCheck first, then ask again.
  std::optional<std::size_t> fallback;
  bool needs_alignment = false;
  NoPath why_not = NoPath::none;
  std::optional<std::size_t> refused;  // the fallback that why_not is about
};

class FallbackRules {
 public:
  // fallbacks outlive it.
  explicit FallbackRules(const std::vector<settings::Fallback>& fallbacks)
      : fallbacks_(fallbacks) {}

  // sender: of MAIL FROM; for the null sender the address of the From line. now: one for each
  // fallback, in order.
  [[nodiscard]] NextPath next_path(std::string_view sender, const StrandedRecipient& recipient,
                                   std::span<const FallbackNow> now) const;

 private:
  const std::vector<settings::Fallback>& fallbacks_;
};

[[nodiscard]] const char* to_string(NoPath why);  // "would-fail-alignment"

}  // namespace todoku::delivery
