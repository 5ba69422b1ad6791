// SPDX-License-Identifier: Apache-2.0
// A whole session: the client's bytes in pieces (the first byte is their size), a room that says
// yes or no by chance, and an end by close. Steps must come to rest and transactions must balance.
#include "proxy/smtp/server_dialogue.hpp"

#include <cstdlib>

namespace {

using namespace todoku;
using smtp::Question;
using wire::Happened;

class Room {
 public:
  explicit Room(unsigned seed) : seed_(seed) {}
  [[nodiscard]] int open() const { return open_; }

  void answer(smtp::ServerDialogue& dialogue) {
    const bool is_yes = (seed_ = seed_ * 1103515245U + 12345U) % 0x10000U > 0x3000U;
    const smtp::Reply no{550, "5.7.1", "No"};
    const smtp::Reply yes{dialogue.question() == Question::body_begin ? 354 : 250, "2.0.0", "Yes"};
    const bool was_open = open_ != 0;
    switch (dialogue.question()) {
      case Question::none:
        std::abort();
      case Question::sender:
        open_ += is_yes ? 1 : 0;
        break;
      case Question::body_chunk:
        if (is_yes) return dialogue.accept_chunk();
        --open_;
        return dialogue.discard_body(no);
      case Question::body_end:
        --open_;
        break;
      case Question::transaction_dropped:
        --open_;
        return dialogue.acknowledge();
      case Question::login:
        if (!is_yes) return dialogue.answer_oauth_failure("{}", no);
        break;
      case Question::recipient:
      case Question::body_begin:
        if (!was_open) std::abort();
        break;
    }
    dialogue.answer(is_yes ? yes : no);
  }

 private:
  unsigned seed_;
  int open_ = 0;
};

// False when the session is over.
bool settle(smtp::ServerDialogue& dialogue, Room& room, wire::Event event) {
  for (int steps = 0; steps < 100'000; ++steps) {
    switch (dialogue.next(event).action) {
      case wire::Action::read:
        return true;
      case wire::Action::finish:
        return false;
      case wire::Action::write:
        event = {Happened::written, {}};
        break;
      case wire::Action::secure:
        event = {Happened::secured, {}};
        break;
      case wire::Action::ask:
        room.answer(dialogue);
        event = {Happened::answered, {}};
        break;
    }
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  smtp::ServerOptions options;
  options.starttls_available = (data[1] & 1U) != 0;
  options.max_command_line = 200;
  options.max_login_line = 400;
  options.max_recipients = 3;
  options.offered.offers_login = true;
  options.offered.mechanisms = {smtp::Mechanism::xoauth2};
  options.offered.dsn = true;
  if ((data[1] & 2U) != 0) options.offered.max_size = 100;
  smtp::ServerDialogue dialogue(options);
  Room room(data[1]);
  bool goes_on = settle(dialogue, room, {Happened::opened, {}});
  const std::size_t step = 1U + data[0];
  for (std::size_t at = 0; at < input.size() && goes_on; at += step)
    goes_on = settle(dialogue, room, {Happened::received, input.substr(at, step)});
  const Happened last = (data[1] & 4U) != 0 ? Happened::closed : Happened::timed_out;
  if (goes_on && settle(dialogue, room, {last, {}})) std::abort();
  if (room.open() != 0) std::abort();
  return 0;
}
