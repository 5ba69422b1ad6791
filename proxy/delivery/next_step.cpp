// SPDX-License-Identifier: Apache-2.0
// One table: which obstacle is the relay's, and which reply decides.
#include "proxy/delivery/next_step.hpp"

namespace todoku::delivery {

namespace {

// Before MAIL a reply is about the connection or the account, not about a message.
bool is_before_the_message(smtp::Phase phase) {
  switch (phase) {
    case smtp::Phase::connect:
    case smtp::Phase::greeting:
    case smtp::Phase::hello:
    case smtp::Phase::starttls:
    case smtp::Phase::login:
      return true;
    case smtp::Phase::sender:
    case smtp::Phase::recipient:
    case smtp::Phase::data:
    case smtp::Phase::body:
    case smtp::Phase::final_dot:
      break;
  }
  return false;
}

}  // namespace

bool is_out_of_reach(const Attempt& attempt) {
  switch (attempt.obstacle) {
    case Obstacle::name_not_found:
    case Obstacle::unreachable:
    case Obstacle::tls_problem:
    case Obstacle::broke_off:
    case Obstacle::timed_out:
      return true;
    case Obstacle::none:
      // RFC 5321 3.8: 421 at any point means that the server is going away.
      if (attempt.reply.code == 421) return true;
      return attempt.reply.is_temporary() && is_before_the_message(attempt.phase);
    case Obstacle::no_common_login:    // a matter of settings: waiting does not mend it
    case Obstacle::smtputf8_missing:   // about this message
    case Obstacle::answer_lost:        // it was in reach
    case Obstacle::connected_to_self:  // a matter of settings
    case Obstacle::given_up:           // ours
    case Obstacle::local_trouble:      // ours
      break;
  }
  return false;
}

NextStep next_step(const Verdict& verdict, bool queue_deferred) {
  const auto state = verdict.state();
  if (state == MessageState::sent) return NextStep::answer;
  if (state == MessageState::unknown) return NextStep::keep_unknown;
  if (is_out_of_reach(verdict.attempt)) return NextStep::keep_waiting;
  if (!queue_deferred || verdict.attempt.obstacle != Obstacle::none) return NextStep::answer;
  for (const auto& recipient : verdict.recipients) {
    if (recipient.state == RecipientState::refused) return NextStep::answer;
  }
  return NextStep::keep_waiting;
}

}  // namespace todoku::delivery
