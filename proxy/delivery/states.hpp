// SPDX-License-Identifier: Apache-2.0
#pragma once

// The states of a message, its recipients and its attempts, as values. They are what the store
// keeps, what the API shows, and what decides whether anything may be sent again (never twice
// without being asked: ARCHITECTURE).
#include "proxy/delivery/alignment_record.hpp"
#include "proxy/smtp/client_dialogue.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace todoku::delivery {

enum class RecipientState : std::uint8_t {
  waiting,   // no relay has it yet; more attempts may follow
  sent,      // a relay answered 2xx to the final dot
  refused,   // a relay refused it for good (5xx)
  deferred,  // a relay refused it for now (4xx), or could not be reached
  unknown,   // the answer to the final dot was lost: perhaps delivered; never sent again unasked
};

enum class MessageState : std::uint8_t {
  arriving,   // the client is still sending it
  sending,    // a relay has it in hand, and the client waits for the verdict
  waiting,    // it has our 250; more attempts follow
  held,       // it has our 250; a person decides before anything is sent
  unknown,    // at least one recipient is unknown: a person is asked
  sent,       // every recipient is sent
  refused,    // told the client: nobody got it
  returned,   // it had our 250, and its sender was told that it did not arrive everywhere
  discarded,  // a person decided that it is not to be sent
};
// Nothing more will happen to it by itself.
[[nodiscard]] bool is_settled(MessageState state);

// Why an attempt ended without a deciding reply.
enum class Obstacle : std::uint8_t {
  none,
  name_not_found,     // the relay's name has no address
  unreachable,        // refused, no route, or no answer to the connect
  tls_problem,        // no STARTTLS, or a certificate that cannot be trusted
  no_common_login,    // no log-in method in common, or only in clear text
  broke_off,          // the connection ended or was not SMTP, before the message had left
  timed_out,          // no progress, before the message had left
  answer_lost,        // the whole message left and no answer came
  smtputf8_missing,   // an address needs SMTPUTF8 and the relay lacks it
  connected_to_self,  // the relay is this Todoku
  given_up,           // the client went away, or we are stopping
  local_trouble,      // the spool could not be read
};

// One try to hand a message to one relay.
struct Attempt {
  std::string relay;                         // host:port
  smtp::Phase phase = smtp::Phase::connect;  // where it was decided
  smtp::Reply reply;                         // the deciding reply; code 0 = none came
  Obstacle obstacle = Obstacle::none;
  std::string detail;  // more about the obstacle, English, for logs and people; may be empty
  std::chrono::milliseconds took{0};
};

struct RecipientOutcome {
  std::string address;
  RecipientState state = RecipientState::waiting;
  smtp::Reply reply;  // the relay's own words for this recipient
};

// What the relay reports of a message, and what the client's answer is made from.
struct Verdict {
  std::vector<RecipientOutcome> recipients;
  Attempt attempt;
  // A fallback could have taken it, but may not carry this sender's mail.
  std::optional<AlignmentRecord> withheld = std::nullopt;
  [[nodiscard]] MessageState state() const;
};

[[nodiscard]] const char* to_string(RecipientState state);
[[nodiscard]] const char* to_string(MessageState state);
// Whether another attempt could ever be right: never for sent, refused and unknown.
[[nodiscard]] bool may_try_again(RecipientState state);

}  // namespace todoku::delivery
