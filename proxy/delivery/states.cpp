// SPDX-License-Identifier: Apache-2.0
// How recipient states add up to a message's state, and their names.
#include "proxy/delivery/states.hpp"

#include <algorithm>

namespace todoku::delivery {

MessageState Verdict::state() const {
  const auto any = [this](RecipientState wanted) {
    return std::ranges::any_of(recipients,
                               [wanted](const auto& one) { return one.state == wanted; });
  };
  if (any(RecipientState::unknown)) return MessageState::unknown;
  if (any(RecipientState::refused) || any(RecipientState::deferred)) return MessageState::refused;
  if (any(RecipientState::waiting)) return MessageState::sending;
  return MessageState::sent;
}

const char* to_string(RecipientState state) {
  switch (state) {
    case RecipientState::waiting:
      return "waiting";
    case RecipientState::sent:
      return "sent";
    case RecipientState::refused:
      return "refused";
    case RecipientState::deferred:
      return "deferred";
    case RecipientState::unknown:
      return "unknown";
  }
  return "";
}

const char* to_string(MessageState state) {
  switch (state) {
    case MessageState::arriving:
      return "arriving";
    case MessageState::sending:
      return "sending";
    case MessageState::waiting:
      return "waiting";
    case MessageState::held:
      return "held";
    case MessageState::unknown:
      return "unknown";
    case MessageState::sent:
      return "sent";
    case MessageState::refused:
      return "refused";
    case MessageState::returned:
      return "returned";
    case MessageState::discarded:
      return "discarded";
  }
  return "";
}

bool is_settled(MessageState state) {
  switch (state) {
    case MessageState::arriving:
    case MessageState::sending:
    case MessageState::waiting:
    case MessageState::held:
    case MessageState::unknown:
      return false;
    case MessageState::sent:
    case MessageState::refused:
    case MessageState::returned:
    case MessageState::discarded:
      break;
  }
  return true;
}

bool may_try_again(RecipientState state) {
  return state == RecipientState::waiting || state == RecipientState::deferred;
}

}  // namespace todoku::delivery
