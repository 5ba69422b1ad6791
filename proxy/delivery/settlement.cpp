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
                  "Not sent yet: queued as " + settlement.message_id +
                      ". Todoku goes on trying by itself (" + why(settlement.verdict) + ")"};
  answer.sentence = {"smtp.queued", {{"relay", settlement.verdict.attempt.relay}}};
  return answer;
}

}  // namespace

Answer answer_for(const Settlement& settlement) {
  switch (settlement.kind) {
    case Settlement::Kind::decided:
      break;
    case Settlement::Kind::queued:
      return queued(settlement);
    default:
      break;
  }
  return answer_for(settlement.verdict, settlement.message_id);
}

}  // namespace todoku::delivery
