// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/fallback_cause.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/delivery/next_step.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace todoku::delivery {

namespace {

// The connection itself was refused, before anything was said of a message or a log-in.
bool is_at_the_door(smtp::Phase phase) {
  return phase == smtp::Phase::connect || phase == smtp::Phase::greeting ||
         phase == smtp::Phase::hello || phase == smtp::Phase::starttls;
}

// RFC 3463 section 3.4: what it says of itself. Postfix puts words about somebody else before it:
// "451 4.3.5 <host[ip]>: Client host rejected: Server configuration error".
bool speaks_of_itself(const smtp::Reply& reply) {
  return reply.is_temporary() && reply.status.starts_with("4.3.");
}

// RFC 5321 section 3.8, RFC 3463 section 3.4: the server itself is in trouble.
bool is_trouble_of_the_server(const Attempt& attempt) {
  const auto& reply = attempt.reply;
  if (is_out_of_reach(attempt) || speaks_of_itself(reply)) return true;
  return reply.is_permanent() && is_at_the_door(attempt.phase);
}

// "Daily sending quota of this user exceeded": another server would only hide it.
bool speaks_of_the_account(std::string_view text) {
  constexpr std::array<std::string_view, 9> words{
      "account", "user", "mailbox", "quota", "daily", "per day", "アカウント", "利用者", "1日"};
  return std::ranges::any_of(words, [text](auto word) { return mail::has_word(text, word); });
}

std::optional<FallbackCause> when_limited(const smtp::Reply& reply) {
  if (!reply.is_temporary() || speaks_of_the_account(reply.text)) return std::nullopt;
  return FallbackCause::rate_limited;
}

}  // namespace

std::optional<FallbackCause> curable_cause(const Attempt& attempt, Cause cause) {
  if (attempt.obstacle != Obstacle::none) {
    return is_out_of_reach(attempt) ? std::optional(FallbackCause::unreachable) : std::nullopt;
  }
  if (!attempt.reply.is_temporary() && !attempt.reply.is_permanent()) return std::nullopt;
  switch (cause) {
    case Cause::blocklisted:
      if (speaks_of_itself(attempt.reply)) return FallbackCause::unreachable;
      return FallbackCause::blocklisted;
    case Cause::sender_rejected:
      if (speaks_of_itself(attempt.reply)) return FallbackCause::unreachable;
      return std::nullopt;
    case Cause::bad_reputation:
    case Cause::missing_ptr:
      return FallbackCause::bad_reputation;
    case Cause::network_error:
    case Cause::starttls_failed:
      return FallbackCause::unreachable;
    case Cause::rate_limited:
    case Cause::too_many_connections:
      return when_limited(attempt.reply);
    case Cause::system_error:
    case Cause::system_full:
    case Cause::undefined:
    case Cause::unclear:
    case Cause::expired:
    case Cause::recipient_host_refuses_mail:
      if (is_trouble_of_the_server(attempt)) return FallbackCause::unreachable;
      return std::nullopt;
    case Cause::user_unknown:
    case Cause::host_unknown:
    case Cause::moved:
    case Cause::suspended:
    case Cause::mailbox_full:
    case Cause::message_too_big:
    case Cause::recipient_filter:
    case Cause::auth_failure:
    case Cause::greylisted:
    case Cause::spam_content:
    case Cause::virus:
    case Cause::attachment_refused:
    case Cause::content_error:
    case Cause::not_compliant_rfc:
    case Cause::bare_lf:
    case Cause::policy:
    case Cause::security:
    case Cause::login_failed:
    case Cause::relay_denied:
    case Cause::mail_loop:
    case Cause::mailer_error:
    case Cause::syntax_error:
    case Cause::suppressed:
    case Cause::delivered:
    case Cause::auto_reply:
    case Cause::complaint:
      break;
  }
  return std::nullopt;
}

}  // namespace todoku::delivery
