// SPDX-License-Identifier: Apache-2.0
// One answer for each kind of settlement.
#include "proxy/delivery/settlement.hpp"

#include "proxy/delivery/answer_kept.hpp"

namespace todoku::delivery {

Answer answer_for(const Settlement& settlement) {
  const auto& relay = settlement.verdict.attempt.relay;
  switch (settlement.kind) {
    case Settlement::Kind::decided:
      break;
    case Settlement::Kind::queued:
      if (settlement.is_repeat) return answer_for_repeat(settlement.message_id);
      return answer_for_queued(settlement.message_id, relay,
                               trouble_in_words(settlement.verdict.attempt));
    case Settlement::Kind::kept_unknown:
      return answer_for_unknown_kept(settlement.message_id, relay, settlement.within);
    case Settlement::Kind::held:
      return answer_for_held(settlement.message_id, settlement.within);
    case Settlement::Kind::undoable:
      return answer_for_undoable(settlement.message_id, settlement.undo_window);
    case Settlement::Kind::no_room:
      return answer_for_no_room(settlement.message_id, relay);
    case Settlement::Kind::key_locked:
      return answer_for_locked_key(settlement.message_id, relay);
    case Settlement::Kind::perhaps:
      return answer_for_perhaps_delivered(relay, settlement.message_id);
  }
  return answer_for(settlement.verdict, settlement.message_id);
}

}  // namespace todoku::delivery
