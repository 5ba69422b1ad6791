// SPDX-License-Identifier: Apache-2.0
// A hostile relay against our client. The first byte chooses the options; the rest is what the
// relay says, cut into events at each NUL. Accepted needs a 2xx, and nothing is sent behind finish.
#include "proxy/smtp/client_dialogue.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace todoku;
using smtp::ClientDialogue;

smtp::ClientOptions options_of(unsigned choice) {
  smtp::ClientOptions options;
  options.hello_name = "pc.test";
  options.own_instance = "todoku-4711";
  options.tls = static_cast<smtp::TlsMode>(choice % 3);
  options.may_log_in_without_tls = (choice & 4) != 0;
  options.use_chunking = (choice & 8) != 0;
  return options;
}

void give_order(ClientDialogue& dialogue, unsigned choice, unsigned turn) {
  if (dialogue.wants() == ClientDialogue::Wants::body) {
    if (turn > 40) return dialogue.abandon();
    return dialogue.give({".line\r\n", turn % 3 == 0});
  }
  smtp::Envelope envelope;
  envelope.sender = "a@b";
  envelope.declared_size = 5;
  envelope.recipients.resize(1 + (choice >> 7));
  for (smtp::Recipient& recipient : envelope.recipients) recipient.address = "c@d";
  const auto mechanism = static_cast<smtp::Mechanism>((choice >> 5) & 3);
  if (turn == 0) return dialogue.log_in({mechanism, "u", wire::Secret("p")});
  if (turn > 30) return dialogue.quit();
  dialogue.begin(envelope, {"hello\r\n", turn % 2 == 0}, (choice & 16) != 0);
}

wire::Event event_for(wire::Action action, std::string_view& bytes) {
  using enum wire::Happened;
  if (action == wire::Action::write) return {written};
  if (action == wire::Action::secure) return {secured};
  if (bytes.empty()) return {closed};
  if (bytes[0] == '\0') {
    bytes.remove_prefix(1);
    if (bytes.empty() || bytes[0] == '\0') return {timed_out};
  }
  const bool is_stopping = bytes[0] == 's';
  const std::string_view piece =
      bytes.substr(0, is_stopping ? 1 : std::min(bytes.find('\0'), bytes.size()));
  bytes.remove_prefix(piece.size());
  return is_stopping ? wire::Event{stopping} : wire::Event{received, piece};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ClientDialogue dialogue(options_of(data[0]));
  wire::Step step = dialogue.next({wire::Happened::opened});
  for (unsigned turn = 0; step.action != wire::Action::finish;) {
    wire::Event event{wire::Happened::answered};
    if (step.action == wire::Action::ask) {
      give_order(dialogue, data[0], turn++);
    } else {
      event = event_for(step.action, bytes);
    }
    step = dialogue.next(event);
    const auto& exchange = dialogue.exchange();
    if (exchange && exchange->result == smtp::Exchange::Result::accepted &&
        !exchange->reply.is_positive()) {
      std::abort();
    }
    if (turn > 1000) std::abort();
  }
  if (dialogue.is_reusable()) std::abort();
  return 0;
}
