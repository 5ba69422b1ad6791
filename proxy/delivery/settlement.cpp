// SPDX-License-Identifier: Apache-2.0
// One answer for each kind of settlement.
#include "proxy/delivery/settlement.hpp"

#include <utility>

namespace todoku::delivery {

namespace {

std::string why(const Verdict& verdict) {
  const auto& attempt = verdict.attempt;
  if (attempt.relay.empty()) return "the mail server cannot be reached yet";
  if (attempt.reply.code >= 400) return attempt.relay + " said: " + smtp::to_line(attempt.reply);
  if (!attempt.detail.empty()) return attempt.relay + ": " + attempt.detail;
  return attempt.relay + " has not answered yet";
}

Answer queued(const Settlement& settlement) {
  Answer answer;
  answer.reply = {250, "2.0.0",
                  "Not sent yet, queued as " + settlement.message_id +
                      ": Todoku goes on trying by itself, please do not send it again (" +
                      why(settlement.verdict) + ")"};
  answer.sentence = {"smtp.queued", {{"relay", settlement.verdict.attempt.relay}}};
  return answer;
}

Answer kept_unknown(const Settlement& settlement) {
  Answer answer;
  const auto& relay = settlement.verdict.attempt.relay;
  answer.reply = {250, "2.0.0",
                  "Kept as " + settlement.message_id + ": " +
                      (relay.empty() ? "the mail server" : relay) +
                      " took the whole message but did not confirm it. It may have been delivered; "
                      "Todoku does not send it again unless you ask for it"};
  answer.sentence = {"smtp.kept_unknown", {{"relay", relay}}};
  return answer;
}

// RFC 3463 4.3.0 and 4.3.1: a fault on this PC is temporary and never the message's.
Answer not_kept(const Settlement& settlement) {
  const bool is_locked = settlement.kind == Settlement::Kind::key_locked;
  Answer answer;
  answer.reply = {is_locked ? 451 : 452, is_locked ? "4.3.0" : "4.3.1",
                  std::string("Not sent: ") + why(settlement.verdict) +
                      (is_locked ? ", and this PC's key store is locked, so that Todoku cannot keep "
                                   "the message"
                                 : ", and there is not enough space on this PC to keep the message") +
                      ". Nobody got it; please try again later\n(Todoku " + settlement.message_id +
                      ")"};
  answer.sentence = {is_locked ? "smtp.key_locked" : "smtp.spool_full", {}};
  return answer;
}

}  // namespace

Answer answer_for(const Settlement& settlement) {
  switch (settlement.kind) {
    case Settlement::Kind::decided:
      break;
    case Settlement::Kind::queued:
      return queued(settlement);
    case Settlement::Kind::kept_unknown:
      return kept_unknown(settlement);
    case Settlement::Kind::no_room:
    case Settlement::Kind::key_locked:
      return not_kept(settlement);
    case Settlement::Kind::perhaps:
      return answer_for_silence(settlement.verdict.attempt.relay, true, std::chrono::seconds(0),
                                settlement.message_id);
  }
  return answer_for(settlement.verdict, settlement.message_id);
}

}  // namespace todoku::delivery
