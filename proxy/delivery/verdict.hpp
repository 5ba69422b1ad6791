// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what happened at a relay to a verdict for every recipient, and from the verdict to the one
// answer that the mail client gets. Pure decisions; texts for people travel as key + parameters.
#include "proxy/delivery/states.hpp"
#include "proxy/smtp/client_dialogue.hpp"
#include "proxy/smtp/envelope.hpp"

#include <string>
#include <utility>
#include <vector>

namespace todoku::delivery {

// A message that was handed to a relay's dialogue.
[[nodiscard]] Verdict verdict_of(const smtp::Exchange& exchange, const smtp::Envelope& envelope,
                                 std::string relay);
// A relay that could not be spoken to at all: nobody got the message.
[[nodiscard]] Verdict verdict_of(Attempt attempt, const smtp::Envelope& envelope);
// A session that failed while it was opened or logged in.
[[nodiscard]] Attempt attempt_of(const smtp::Failure& failure, std::string relay,
                                 std::string detail);

// A sentence of config/messages, section [smtp].
struct Sentence {
  std::string key;  // "smtp.relay_refused"; empty = none
  std::vector<std::pair<std::string, std::string>> parameters;
};

struct Answer {
  smtp::Reply reply;  // ASCII English, the upstream's own words first, ends with our id
  Sentence sentence;  // the same for a client that shows UTF-8
};

[[nodiscard]] Answer answer_for(const Verdict& verdict, const std::string& message_id);
// Until there is a queue: the relay has said nothing for too long.
[[nodiscard]] Answer answer_for_silence(const std::string& relay, bool end_has_left,
                                        std::chrono::seconds waited, const std::string& message_id);

}  // namespace todoku::delivery
