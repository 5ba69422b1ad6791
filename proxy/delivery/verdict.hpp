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
  smtp::Reply reply;             // ASCII English, the upstream's own words first, ends with our id
  Sentence sentence;             // the same for a client that shows UTF-8
  std::vector<Sentence> more{};  // said behind it
};

[[nodiscard]] Answer answer_for(const Verdict& verdict, const std::string& message_id);
// The end of the message has left, and nothing could be kept.
[[nodiscard]] Answer answer_for_perhaps_delivered(const std::string& relay,
                                                  const std::string& message_id);
// What stood in the way, English: the relay's reply, or the obstacle. Empty when nothing has yet.
[[nodiscard]] std::string trouble_in_words(const Attempt& attempt);

}  // namespace todoku::delivery
