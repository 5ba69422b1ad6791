// SPDX-License-Identifier: Apache-2.0
// What happened at the relay, recipient by recipient.
#include "proxy/delivery/verdict.hpp"

namespace todoku::delivery {

namespace {

RecipientState state_of(const smtp::Reply& reply) {
  if (reply.is_positive()) return RecipientState::waiting;
  return reply.is_permanent() ? RecipientState::refused : RecipientState::deferred;
}

Obstacle obstacle_of(smtp::Trouble trouble) {
  switch (trouble) {
    case smtp::Trouble::refused:
      return Obstacle::none;
    case smtp::Trouble::closed:
    case smtp::Trouble::malformed_reply:
      return Obstacle::broke_off;
    case smtp::Trouble::timed_out:
      return Obstacle::timed_out;
    case smtp::Trouble::starttls_missing:
    case smtp::Trouble::tls_failed:
      return Obstacle::tls_problem;
    case smtp::Trouble::login_unavailable:
      return Obstacle::no_common_login;
    case smtp::Trouble::connected_to_self:
      return Obstacle::connected_to_self;
    case smtp::Trouble::smtputf8_missing:
      return Obstacle::smtputf8_missing;
    case smtp::Trouble::stopped:
      return Obstacle::given_up;
  }
  return Obstacle::broke_off;
}

void give_all(Verdict& verdict, const smtp::Envelope& envelope, RecipientState state,
              const smtp::Reply& reply) {
  for (const auto& recipient : envelope.recipients) {
    verdict.recipients.push_back({recipient.address, state, reply});
  }
}

// Who was refused alone did not get what the others got.
void give_acceptance(Verdict& verdict, const smtp::Envelope& envelope,
                     const smtp::Exchange& exchange) {
  for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
    const bool is_refused = i < exchange.recipients.size() && exchange.recipients[i].code >= 400;
    const auto& reply = is_refused ? exchange.recipients[i] : exchange.reply;
    verdict.recipients.push_back({envelope.recipients[i].address,
                                  is_refused ? state_of(reply) : RecipientState::sent, reply});
  }
}

// The same, when the last answer was lost.
void give_unknown(Verdict& verdict, const smtp::Envelope& envelope,
                  const smtp::Exchange& exchange) {
  give_acceptance(verdict, envelope, exchange);
  for (auto& recipient : verdict.recipients) {
    if (recipient.state == RecipientState::sent) recipient.state = RecipientState::unknown;
  }
}

// A refusal belongs to the recipients that were refused themselves; where none was, to all.
void give_refusal(Verdict& verdict, const smtp::Envelope& envelope,
                  const smtp::Exchange& exchange) {
  bool any = false;
  for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
    const bool has_reply = i < exchange.recipients.size() && exchange.recipients[i].code != 0;
    const auto state = has_reply ? state_of(exchange.recipients[i]) : RecipientState::waiting;
    any = any || state != RecipientState::waiting;
    verdict.recipients.push_back({envelope.recipients[i].address, state,
                                  has_reply ? exchange.recipients[i] : smtp::Reply{}});
  }
  if (any && exchange.phase == smtp::Phase::recipient) return;
  for (auto& recipient : verdict.recipients) {
    recipient.state = state_of(exchange.reply);
    recipient.reply = exchange.reply;
  }
}

}  // namespace

Verdict verdict_of(const smtp::Exchange& exchange, const smtp::Envelope& envelope,
                   std::string relay) {
  Verdict verdict;
  verdict.attempt.relay = std::move(relay);
  verdict.attempt.phase = exchange.phase;
  verdict.attempt.reply = exchange.reply;
  switch (exchange.result) {
    case smtp::Exchange::Result::accepted:
      give_acceptance(verdict, envelope, exchange);
      break;
    case smtp::Exchange::Result::refused:
      if (exchange.trouble == smtp::Trouble::smtputf8_missing) {
        verdict.attempt.obstacle = Obstacle::smtputf8_missing;
        give_all(verdict, envelope, RecipientState::refused, exchange.reply);
      } else {
        give_refusal(verdict, envelope, exchange);
      }
      break;
    case smtp::Exchange::Result::failed:
      verdict.attempt.obstacle = obstacle_of(exchange.trouble);
      give_all(verdict, envelope, RecipientState::deferred, exchange.reply);
      break;
    case smtp::Exchange::Result::unknown:
      verdict.attempt.obstacle = Obstacle::answer_lost;
      give_unknown(verdict, envelope, exchange);
      break;
  }
  return verdict;
}

Verdict verdict_of(Attempt attempt, const smtp::Envelope& envelope) {
  Verdict verdict;
  const auto state =
      attempt.reply.is_permanent() ? RecipientState::refused : RecipientState::deferred;
  give_all(verdict, envelope, state, attempt.reply);
  verdict.attempt = std::move(attempt);
  return verdict;
}

Attempt attempt_of(const smtp::Failure& failure, std::string relay, std::string detail) {
  Attempt attempt;
  attempt.relay = std::move(relay);
  attempt.phase = failure.phase;
  if (failure.reply) attempt.reply = *failure.reply;
  attempt.obstacle = obstacle_of(failure.trouble);
  attempt.detail = std::move(detail);
  return attempt;
}

}  // namespace todoku::delivery
