// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is to be done after an attempt: whether its verdict is an answer for the client, or Todoku
// keeps the message and goes on (ARCHITECTURE: the hybrid answer). Pure.
#include "proxy/delivery/states.hpp"

#include <cstdint>

namespace todoku::delivery {

enum class NextStep : std::uint8_t {
  answer,        // the relay has decided: sent, or refused
  keep_waiting,  // no relay could decide: keep the message and try again
  keep_unknown,  // perhaps delivered: keep it and ask
};

// queue_deferred: a temporary refusal of the message itself is kept, too, instead of being
// answered.
[[nodiscard]] NextStep next_step(const Verdict& verdict, bool queue_deferred);

// The relay was the trouble, not this message: every other message would fare the same.
[[nodiscard]] bool is_out_of_reach(const Attempt& attempt);

// The log-in was right once and no longer is: the message can go when its user has logged in again.
[[nodiscard]] bool is_login_refused(const Attempt& attempt);

}  // namespace todoku::delivery
