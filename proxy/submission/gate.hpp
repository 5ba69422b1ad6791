// SPDX-License-Identifier: Apache-2.0
#pragma once

// The pre-send checks at their places in a session: mistyped and blocked recipients at RCPT, the
// whole message at its end. Knows which mail clients may override a refusal. Owned by main, shared
// by all sessions. I/O thread.
#include "proxy/checks/answer.hpp"
#include "proxy/checks/judge.hpp"
#include "proxy/delivery/verdict.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/submission/known_clients.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace todoku::submission {

// What the checks say about a whole message.
struct Ruling {
  checks::Outcome outcome = checks::Outcome::accept;
  std::string codes;  // of the findings, blanks between; for the log
  checks::Findings findings;
  delivery::Answer answer;            // when refused
  settings::Duration undo_window{0};  // when accepted: it waits so long and can be taken back
};

// Who sends: the account, and what its mail client said in EHLO.
struct Sender {
  const settings::Account& account;
  std::string_view hello;
};

class Gate {
 public:
  // Settings and lists outlive the gate.
  Gate(const settings::Checks& settings, const checks::Lists& lists, KnownClients clients);

  // At MAIL, by the size that the client declares: an answer = refused.
  std::optional<delivery::Answer> check_declared_size(const Sender& sender,
                                                      const smtp::Envelope& envelope,
                                                      const checks::Facts& facts, checks::Time now);
  // At RCPT: is there anything to ask then, and is it worth waiting for facts of that recipient?
  [[nodiscard]] bool asks_at_recipient() const;
  [[nodiscard]] bool waits_at_recipient(const Sender& sender, const smtp::Envelope& envelope) const;
  // envelope: with the recipient in question alone. An answer = refused.
  std::optional<delivery::Answer> check_recipient(const Sender& sender,
                                                  const smtp::Envelope& envelope,
                                                  const checks::Facts& facts, checks::Time now);
  // The whole message, before its end may leave. agent: the header's User-Agent, which alone
  // decides whether sending again overrides.
  Ruling check_message(const Sender& sender, const smtp::Envelope& envelope,
                       const skeleton::Skeleton& skeleton, const checks::Facts& facts,
                       std::string_view agent, checks::Time now);
  // Nothing that may be found at the end would have to keep the message here: it may be relayed
  // while it still arrives.
  [[nodiscard]] bool may_stream(const smtp::Envelope& envelope, const checks::Facts& facts) const;
  // The client shows UTF-8, as far as is known before its header has come.
  [[nodiscard]] bool shows_utf8(const Sender& sender, const smtp::Envelope& envelope) const;

 private:
  std::optional<delivery::Answer> refusal(const Sender& sender, const smtp::Envelope& envelope,
                                          const checks::Facts& facts, checks::Time now);

  const settings::Checks& settings_;
  checks::Desk desk_;
  checks::Overrides overrides_;
  KnownClients clients_;
};

}  // namespace todoku::submission
