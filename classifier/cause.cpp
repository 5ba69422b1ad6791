// SPDX-License-Identifier: Apache-2.0
#include "classifier/cause.hpp"

#include <boost/assert.hpp>

#include <array>
#include <cstddef>

namespace todoku {

namespace {

using enum WhoActs;
using enum Stage;

// size: a table
constexpr std::array table{
    CauseFacts{Cause::user_unknown, "user-unknown", true, sender, to_their_server, false,
               "userunknown"},
    CauseFacts{Cause::host_unknown, "host-unknown", true, sender, to_their_server, false,
               "hostunknown"},
    CauseFacts{Cause::moved, "moved", true, sender, to_their_server, false, "hasmoved"},
    CauseFacts{Cause::suspended, "suspended", false, recipient, to_their_pc, false, "suspend"},
    CauseFacts{Cause::mailbox_full, "mailbox-full", false, recipient, to_their_pc, false,
               "mailboxfull"},
    CauseFacts{Cause::message_too_big, "message-too-big", false, sender, to_their_server, false,
               "mesgtoobig,exceedlimit,emailtoolarge"},
    CauseFacts{Cause::recipient_filter, "recipient-filter", false, recipient, to_their_pc, false,
               "filtered"},
    CauseFacts{Cause::sender_rejected, "sender-rejected", false, sender, to_their_server, false,
               "rejected"},
    CauseFacts{Cause::blocklisted, "blocklisted", false, sender_provider, to_their_server, true,
               "blocked"},
    CauseFacts{Cause::bad_reputation, "bad-reputation", false, sender_provider, to_their_server,
               true, "badreputation"},
    CauseFacts{Cause::auth_failure, "auth-failure", false, sender, to_their_server, false,
               "authfailure"},
    CauseFacts{Cause::missing_ptr, "missing-ptr", false, sender_provider, to_their_server, true,
               "requireptr"},
    CauseFacts{Cause::rate_limited, "rate-limited", false, nobody, to_their_server, false,
               "speeding,ratelimited"},
    CauseFacts{Cause::too_many_connections, "too-many-connections", false, nobody, to_their_server,
               false, "toomanyconn,ratelimited"},
    CauseFacts{Cause::greylisted, "greylisted", false, nobody, to_their_server, false,
               "blocked,expired,policyviolation,ratelimited"},
    CauseFacts{Cause::spam_content, "spam-content", false, sender, to_their_server, false,
               "spamdetected"},
    CauseFacts{Cause::virus, "virus", false, sender, to_their_server, false, "virusdetected"},
    CauseFacts{Cause::attachment_refused, "attachment-refused", false, sender, to_their_server,
               false, "policyviolation,securityerror,virusdetected,contenterror"},
    CauseFacts{Cause::content_error, "content-error", false, sender, to_their_server, false,
               "contenterror"},
    CauseFacts{Cause::not_compliant_rfc, "not-compliant-rfc", false, sender, to_their_server, false,
               "notcompliantrfc"},
    CauseFacts{Cause::bare_lf, "bare-lf", false, sender, to_their_server, false, "notcompliantrfc"},
    CauseFacts{Cause::policy, "policy", false, sender, to_their_server, false, "policyviolation"},
    CauseFacts{Cause::security, "security", false, sender, to_their_server, false, "securityerror"},
    CauseFacts{Cause::login_failed, "login-failed", false, sender, to_our_server, false,
               "securityerror,authfailure"},
    CauseFacts{Cause::relay_denied, "relay-denied", false, sender, to_their_server, false,
               "norelaying"},
    CauseFacts{Cause::recipient_host_refuses_mail, "recipient-host-refuses-mail", true,
               recipient_provider, to_their_server, false, "notaccept"},
    CauseFacts{Cause::network_error, "network-error", false, nobody, to_their_server, true,
               "networkerror"},
    CauseFacts{Cause::mail_loop, "mail-loop", false, recipient_provider, to_their_pc, false,
               "networkerror,systemerror"},
    CauseFacts{Cause::expired, "expired", false, recipient_provider, to_their_server, false,
               "expired"},
    CauseFacts{Cause::starttls_failed, "starttls-failed", false, recipient_provider,
               to_their_server, true, "failedstarttls"},
    CauseFacts{Cause::system_error, "system-error", false, recipient_provider, to_their_server,
               false, "systemerror"},
    CauseFacts{Cause::system_full, "system-full", false, recipient_provider, to_their_server, false,
               "systemfull"},
    CauseFacts{Cause::mailer_error, "mailer-error", false, recipient_provider, to_their_pc, false,
               "mailererror"},
    CauseFacts{Cause::syntax_error, "syntax-error", false, sender_provider, to_their_server, false,
               "syntaxerror"},
    CauseFacts{Cause::suppressed, "suppressed", false, sender, to_our_server, false, "suppressed"},
    CauseFacts{Cause::unclear, "unclear", false, sender, to_their_server, false, "onhold"},
    CauseFacts{Cause::undefined, "undefined", false, sender, none, false, "undefined"},
    CauseFacts{Cause::delivered, "delivered", false, nobody, none, false, "delivered"},
    CauseFacts{Cause::auto_reply, "auto-reply", false, nobody, none, false, "vacation"},
    CauseFacts{Cause::complaint, "complaint", false, sender, none, false, "feedback"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].cause) != i) return false;
  }
  return static_cast<std::size_t>(Cause::complaint) + 1 == table.size();
}
static_assert(is_in_order());

}  // namespace

std::span<const CauseFacts> all_causes() {
  return table;
}

const CauseFacts& facts_of(Cause cause) {
  const auto index = static_cast<std::size_t>(cause);
  BOOST_ASSERT(index < table.size());
  return table[index];
}

std::string_view to_string(Cause cause) {
  return facts_of(cause).name;
}

std::string_view to_string(WhoActs whose) {
  switch (whose) {
    case WhoActs::sender:
      return "sender";
    case WhoActs::sender_provider:
      return "sender-provider";
    case WhoActs::recipient:
      return "recipient";
    case WhoActs::recipient_provider:
      return "recipient-provider";
    case WhoActs::nobody:
      return "nobody";
  }
  return "nobody";
}

std::optional<Cause> cause_from_string(std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return row.cause;
  }
  return std::nullopt;
}

}  // namespace todoku
