// SPDX-License-Identifier: Apache-2.0
#pragma once

// One message on its way in: its header is read and edited, its bytes go to the body, and its
// delivery is started as soon as that is sensible. Owned by the session. I/O thread.
#include "classifier/mail/header_scanner.hpp"
#include "proxy/delivery/header_edit.hpp"
#include "proxy/delivery/repeats.hpp"
#include "proxy/delivery/settlement.hpp"
#include "proxy/skeleton/scanner.hpp"
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/server_dialogue.hpp"
#include "proxy/submission/inquiry.hpp"
#include "proxy/submission/room.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::submission {

class Incoming {
 public:
  // hello: what the client said in EHLO; inquiry: null = nothing is checked.
  Incoming(Surroundings& around, std::shared_ptr<Outgoing> outgoing, delivery::TraceFacts facts,
           std::string hello, std::unique_ptr<Inquiry> inquiry);
  ~Incoming();  // a message that is not complete is given up; an answer not told is untold
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  // Takes the next bytes. An answer = the message cannot be taken: it is given up, the rest is to
  // be discarded.
  std::optional<delivery::Answer> take(std::string_view bytes, const smtp::BodyReport& report);
  // All bytes are there; then the checks may still stop it. The same.
  boost::asio::awaitable<std::optional<delivery::Answer>> complete(smtp::BodyReport report);
  // Holds the client back while the relay is far behind.
  boost::asio::awaitable<void> wait_for_relay();
  // The relay's verdict as an answer, or ours when the message is kept.
  boost::asio::awaitable<delivery::Answer> answer();
  // After answer(), once: whether the client has got it.
  void answered(bool is_told);
  [[nodiscard]] bool awaits_telling() const { return is_answer_open_; }
  void give_up();
  // Todoku is stopping and waits no longer: answer() returns soon.
  void hurry();

  [[nodiscard]] bool client_shows_utf8() const;  // Thunderbird, by its User-Agent
  [[nodiscard]] const Outgoing& message() const { return *outgoing_; }

 private:
  std::optional<delivery::Answer> check_header();
  std::optional<delivery::Answer> check_newlines(const smtp::BodyReport& report);
  std::optional<delivery::Answer> end_reading(const smtp::BodyReport& report);
  std::optional<delivery::Answer> check_content();
  std::optional<delivery::Answer> check_findings();
  bool may_stream();
  boost::asio::awaitable<delivery::Settlement> settlement();
  std::optional<delivery::Answer> keep(std::string_view bytes);
  delivery::Answer refuse(smtp::Reply reply, delivery::Sentence sentence);
  delivery::Answer refuse_as_stopping();

  Surroundings& around_;
  std::shared_ptr<Outgoing> outgoing_;
  delivery::TraceFacts facts_;
  std::string hello_;
  mail::HeaderScanner header_;
  bool header_is_out_ = false;
  // Of a message without a Message-ID, so that a repeat of it is noticed all the same.
  std::optional<delivery::BodyDigest> digest_;
  bool has_begun_ = false;   // the carrier has it while it still arrives
  bool is_settled_ = false;  // complete, or given up
  bool is_hurried_ = false;
  std::unique_ptr<Inquiry> inquiry_;            // for the checks; null = nothing is checked
  std::optional<skeleton::Scanner> scanner_;    // while the message arrives
  std::optional<skeleton::Skeleton> skeleton_;  // when it has, until it is checked
  std::optional<bool> gate_lets_stream_;        // asked once, of large messages only
  std::optional<std::string> held_for_;         // the codes of what a check found
  settings::Duration undo_window_{0};           // it waits so long before it goes
  bool is_answer_open_ = false;                 // answer() was called and answered() was not
};

}  // namespace todoku::submission
