// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sandbox: an SMTP submission server on 127.0.0.1 in this process, which plays the user's
// provider and all recipients. What it answers stands in behaviour.hpp; what it takes lives in
// memory and goes nowhere. Wants a log-in, any but the one wrong password. I/O thread; outlives its
// sessions: stop(), then wait for the rooms.
#include "proxy/demo/sent.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/smtp/server_dialogue.hpp"
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace todoku::demo {

struct SandboxOptions {
  wire::Duration slow_recipient;  // default: as behaviour.hpp says; tests take less
  wire::Duration slow_end;
  std::size_t max_kept = 1000;  // older messages are forgotten
  SandboxOptions();
};

class SandboxProvider {
 public:
  // Called for every message that came in whole, accepted or not.
  using OnReceived = std::function<void(const Received&)>;

  // Binds a free port on 127.0.0.1; nothing is accepted before start().
  static Result<std::unique_ptr<SandboxProvider>> open(net::Rooms& rooms, SandboxOptions options);
  SandboxProvider(const SandboxProvider&) = delete;
  SandboxProvider& operator=(const SandboxProvider&) = delete;

  void start();
  // Closes the listener and asks the sessions to end. Safe to call twice.
  void stop();
  void on_received(OnReceived callback) { on_received_ = std::move(callback); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string upstream_url() const;  // "smtp://127.0.0.1:PORT"
  [[nodiscard]] const std::vector<Received>& received() const { return received_; }

 private:
  SandboxProvider(net::Rooms& rooms, net::Listener listener, SandboxOptions options);

  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(net::Stream stream);
  // Answers the dialogue's question, after a wait where the recipient is a slow one.
  boost::asio::awaitable<void> answer(smtp::ServerDialogue& dialogue);
  boost::asio::awaitable<void> answer_recipient(smtp::ServerDialogue& dialogue);
  boost::asio::awaitable<void> answer_end(smtp::ServerDialogue& dialogue);
  // false = the sandbox is stopping.
  boost::asio::awaitable<bool> wait(wire::Duration duration);

  smtp::Reply end_reply(const smtp::Envelope& envelope, std::uint64_t bytes);
  void keep(const smtp::Envelope& envelope, std::uint64_t bytes, const smtp::Reply& answer);

  net::Rooms& rooms_;  // outlives this
  net::Listener listener_;
  std::uint16_t port_ = 0;
  SandboxOptions options_;
  net::Signal stopping_;
  bool is_stopping_ = false;
  std::set<net::Stream*> open_;                          // each lives in the frame of its session
  std::set<std::pair<std::string, std::string>> tried_;  // sender, recipient: for greylist
  std::vector<Received> received_;
  OnReceived on_received_;
  std::uint64_t taken_ = 0;  // for the number in the 250
};

}  // namespace todoku::demo
