// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/fallback_rules.hpp"

#include "proxy/delivery/route.hpp"
#include "proxy/wire/domain_name.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace todoku::delivery {

namespace {

bool is_in(std::string_view address, std::string_view domain) {
  const auto at = address.rfind('@');
  return at != std::string_view::npos && wire::is_same_or_below(address.substr(at + 1), domain);
}

NoPath why_not(const settings::Fallback& fallback, std::string_view sender,
               const StrandedRecipient& recipient, const FallbackNow& now) {
  if (std::ranges::find(fallback.when, *recipient.cause) == fallback.when.end()) {
    return NoPath::not_for_this_cause;
  }
  if (!takes_sender(fallback.allowed_from, sender)) return NoPath::not_for_this_sender;
  const bool is_excluded = std::ranges::any_of(
      fallback.never_to, [&](const auto& domain) { return is_in(recipient.address, domain); });
  if (is_excluded) return NoPath::not_to_this_domain;
  const auto most = fallback.messages_per_day;
  if (most > 0 && now.sent_today >= most) return NoPath::day_is_full;
  if (!now.is_in_reach) return NoPath::out_of_reach;
  if (now.alignment && !now.alignment->is_allowed()) return NoPath::would_fail_alignment;
  return NoPath::none;
}

NextPath no_path(NoPath why) {
  NextPath path;
  path.why_not = why;
  return path;
}

}  // namespace

NextPath FallbackRules::next_path(std::string_view sender, const StrandedRecipient& recipient,
                                  std::span<const FallbackNow> now) const {
  BOOST_ASSERT(now.size() == fallbacks_.size());
  if (recipient.state == RecipientState::sent) return no_path(NoPath::accepted);
  if (recipient.state == RecipientState::unknown) return no_path(NoPath::perhaps_delivered);
  if (!recipient.cause) return no_path(NoPath::not_curable);
  if (fallbacks_.empty()) return no_path(NoPath::no_fallback);
  NextPath path = no_path(NoPath::tried);
  for (std::size_t i = 0; i < fallbacks_.size(); ++i) {
    if (now[i].was_tried) continue;
    const auto why = why_not(fallbacks_[i], sender, recipient, now[i]);
    if (why == NoPath::none) {
      path = {i, !now[i].alignment.has_value(), NoPath::none, std::nullopt};
      return path;
    }
    // The one that came nearest to being used is what a person is told of.
    if (path.why_not == NoPath::tried || why > path.why_not) {
      path.why_not = why;
      path.refused = i;
    }
  }
  return path;
}

const char* to_string(NoPath why) {
  switch (why) {
    case NoPath::none:
      return "none";
    case NoPath::accepted:
      return "accepted";
    case NoPath::perhaps_delivered:
      return "perhaps-delivered";
    case NoPath::not_curable:
      return "not-curable";
    case NoPath::no_fallback:
      return "no-fallback";
    case NoPath::tried:
      return "tried";
    case NoPath::not_for_this_cause:
      return "not-for-this-cause";
    case NoPath::not_for_this_sender:
      return "not-for-this-sender";
    case NoPath::not_to_this_domain:
      return "not-to-this-domain";
    case NoPath::day_is_full:
      return "day-is-full";
    case NoPath::out_of_reach:
      return "out-of-reach";
    case NoPath::would_fail_alignment:
      return "would-fail-alignment";
  }
  return "?";
}

}  // namespace todoku::delivery
