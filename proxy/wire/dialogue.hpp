// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Step/Event vocabulary of every protocol conversation. A dialogue is a plain object: bytes and
// events in, steps out; it owns no socket, clock or file. net::converse is the only loop that turns
// steps into I/O, so a dialogue can be replayed byte by byte in a test.
#include <chrono>
#include <cstdint>
#include <string_view>

namespace todoku::wire {

using Duration = std::chrono::milliseconds;

enum class Happened : std::uint8_t {
  opened,     // the connection is there; nothing was exchanged yet
  received,   // bytes came from the peer (Event::bytes, valid during the call only)
  written,    // the output of the last write step has left completely
  secured,    // the TLS handshake asked for is done; earlier input buffers must be dropped
  answered,   // the room has answered the dialogue's question or given it an order
  timed_out,  // the step's limit passed without progress
  closed,     // the peer closed or the connection broke (also a failed TLS handshake)
  stopping,   // we are asked to end soon; may come at any read
};

struct Event {
  Happened what;
  std::string_view bytes = {};
};

enum class Action : std::uint8_t {
  read,    // wait for bytes; next event: received, timed_out, closed or stopping
  write,   // send output, then more, in one flight; next event: written, timed_out or closed
  secure,  // do the TLS handshake; next event: secured or closed
  ask,     // back to the room: it reads the dialogue's question, answers, and goes on with answered
  finish,  // send output (may be empty), then close; the conversation is over
};

struct Step {
  Action action = Action::read;
  Duration limit{0};             // how long without progress is allowed; 0 = no limit
  std::string_view output = {};  // owned by the dialogue until its next call
  std::string_view more = {};    // a second piece of the same flight (a body chunk)
};

class Dialogue {
 public:
  virtual ~Dialogue() = default;
  // Requires: after Action::finish it is not called again. Never throws on any input.
  virtual Step next(const Event& event) = 0;
};

}  // namespace todoku::wire
