// SPDX-License-Identifier: Apache-2.0
#pragma once

// The answers to a client whose message has no verdict of a relay yet: kept, joined, or not kept.
// A kept one is answered 250, so that no mail program sends it again by itself. Pure.
#include "proxy/delivery/verdict.hpp"

#include <chrono>
#include <string>

namespace todoku::delivery {

// why: English, of the relay or about it, may be empty; relay: host:port.
[[nodiscard]] Answer answer_for_queued(const std::string& message_id, const std::string& relay,
                                       const std::string& why);
// within: how long a person has to decide.
[[nodiscard]] Answer answer_for_unknown_kept(const std::string& message_id,
                                             const std::string& relay, std::chrono::hours within);
[[nodiscard]] Answer answer_for_held(const std::string& message_id, std::chrono::hours within);
// Goes by itself after so long, unless it is taken back.
[[nodiscard]] Answer answer_for_undoable(const std::string& message_id,
                                         std::chrono::seconds window);
// first_id: of the message that this one joined.
[[nodiscard]] Answer answer_for_repeat(const std::string& first_id);
// Nobody got it, and it could not be kept.
[[nodiscard]] Answer answer_for_no_room(const std::string& message_id, const std::string& relay);
[[nodiscard]] Answer answer_for_locked_key(const std::string& message_id, const std::string& relay);

}  // namespace todoku::delivery
