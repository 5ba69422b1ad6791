// SPDX-License-Identifier: Apache-2.0
#pragma once

// One mail client's session: gives the dialogue the room's answers. Lives in the frame of
// Room::serve. I/O thread.
#include "proxy/net/converse.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/platform/log_tracer.hpp"
#include "proxy/smtp/server_dialogue.hpp"
#include "proxy/submission/incoming.hpp"
#include "proxy/submission/room.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace todoku::submission {

class Session {
 public:
  Session(Room& room, Surroundings& around, net::Stream stream, Room::Entrance entrance,
          std::uint64_t number);

  void refuse_as_too_many();
  boost::asio::awaitable<void> run();
  void stop();
  void hurry();  // stop has waited long enough: end with a reply, now

 private:
  boost::asio::awaitable<void> answer_question();
  boost::asio::awaitable<void> on_login();
  boost::asio::awaitable<void> on_chunk();
  boost::asio::awaitable<void> on_body_end();
  void close_answer(wire::Action action);
  void on_sender();
  boost::asio::awaitable<void> on_recipient();
  boost::asio::awaitable<std::optional<delivery::Answer>> check_recipient();
  void on_body_begin();
  smtp::Reply spoken(delivery::Answer answer) const;
  [[nodiscard]] bool client_shows_utf8() const;
  [[nodiscard]] Sender sender() const;  // of the open transaction
  void log_end();

  Room& room_;
  Surroundings& around_;
  std::unique_ptr<platform::LogTracer> tracer_;  // null without --trace
  net::Stream stream_;
  std::string client_address_;
  net::Security security_;
  Room::Entrance entrance_;
  smtp::ServerDialogue dialogue_;
  const settings::Account* account_ = nullptr;  // of the log-in, or of the open transaction
  smtp::Credentials credentials_;               // empty until logged in
  std::unique_ptr<Inquiry> inquiry_;            // from MAIL to the body, which takes it over
  std::optional<Incoming> incoming_;
  bool was_there_ = false;  // the client, when its message was answered
};

}  // namespace todoku::submission
