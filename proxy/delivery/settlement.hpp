// SPDX-License-Identifier: Apache-2.0
#pragma once

// What became of a message by the time its client has to be answered, and that answer. Pure.
#include "proxy/delivery/states.hpp"
#include "proxy/delivery/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace todoku::delivery {

struct Settlement {
  enum class Kind : std::uint8_t {
    decided,       // verdict is the relay's own
    queued,        // ours now: durable, attempts follow
    kept_unknown,  // ours now: durable; perhaps delivered, a person is asked
    held,          // ours now: durable; a check stopped it, a person is asked
    undoable,      // ours now: durable; it goes by itself when undo_window is over
    no_room,       // it could not be made durable; nobody got it
    key_locked,    // the same, because the system's key store is locked
    perhaps,       // it could not be made durable, but may have been delivered
  };
  Kind kind = Kind::decided;
  Verdict verdict;                // of the last attempt, where there was one
  std::string message_id;         // ours; for a repeat, the first one's
  std::chrono::hours within{24};  // kept_unknown, held: how long a person has to decide
  std::chrono::seconds undo_window{0};
  bool is_repeat = false;  // it joined an earlier submission of the same message
};

[[nodiscard]] Answer answer_for(const Settlement& settlement);

}  // namespace todoku::delivery
