// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection to a relay: a stream, the dialogue on it, and whose credentials it carries. Owned
// by the Upstream that opened it, or by the delivery that uses it. I/O thread.
#include "proxy/delivery/states.hpp"
#include "proxy/net/connect.hpp"
#include "proxy/net/converse.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/platform/log_tracer.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/smtp/client_dialogue.hpp"
#include "proxy/submission/carrier.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace todoku::relay {

// What every connection needs; owned by main, lives to the end.
struct Surroundings {
  const settings::Settings& settings;
  net::ClientTls& tls;
  net::Rooms& rooms;
  platform::Log& log;
  std::string instance;  // our own token, to notice a connection to ourselves
  // Told when a relay is reached by another port than the settings say; both host:port.
  std::function<void(const std::string& relay, const std::string& moved_to)> on_moved{};
};

class Connection {
 public:
  Connection(net::Stream stream, const settings::ServerUrl& relay, Surroundings& around,
             std::unique_ptr<platform::LogTracer> tracer);

  // Greeting, TLS, EHLO. False: failure() says why.
  boost::asio::awaitable<bool> open();
  // Logs in. False: failure() says why, and the connection is over.
  boost::asio::awaitable<bool> log_in(const smtp::Credentials& credentials);
  // Sends one message, reading its body as it arrives.
  boost::asio::awaitable<smtp::Exchange> carry(submission::Outgoing& message, bool careful);
  boost::asio::awaitable<void> quit();
  void close() { stream_.close(); }

  [[nodiscard]] bool is_fit();  // may carry another message right now
  // The last message could not be read from the spool, or its end not be written down: our fault,
  // not the relay's.
  [[nodiscard]] bool has_lost_body() const { return has_lost_body_; }
  [[nodiscard]] bool has_refused() const;  // the last message that it was given
  [[nodiscard]] const smtp::Capabilities& capabilities() const { return dialogue_->capabilities(); }
  [[nodiscard]] const std::string& relay() const { return relay_; }  // host:port
  [[nodiscard]] const smtp::Credentials& credentials() const { return credentials_; }
  [[nodiscard]] delivery::Attempt failure() const;
  [[nodiscard]] const std::string& oauth_challenge() const;
  [[nodiscard]] std::chrono::steady_clock::duration idle_for() const;
  void used_now() { last_used_ = std::chrono::steady_clock::now(); }

 private:
  boost::asio::awaitable<wire::Action> go_on();
  boost::asio::awaitable<void> send(submission::Outgoing& message, bool careful);
  void begin(const submission::Outgoing& message, const store::Body::Piece& first, bool careful);
  boost::asio::awaitable<void> feed_body(submission::Outgoing& message, std::uint64_t offset);
  boost::asio::awaitable<bool> may_leave(submission::Outgoing& message);
  [[nodiscard]] bool is_gone(const Result<store::Body::Piece>& piece,
                             const submission::Outgoing& message);
  [[nodiscard]] bool is_beyond_recall() const;
  bool break_off();

  std::unique_ptr<platform::LogTracer> tracer_;  // null without --trace
  net::Stream stream_;
  net::Security security_;
  std::unique_ptr<smtp::ClientDialogue> dialogue_;
  smtp::Credentials credentials_;
  std::string relay_;  // host:port
  std::string first_;  // the beginning of the message, where something of ours stands before it
  std::chrono::steady_clock::time_point last_used_ = std::chrono::steady_clock::now();
  bool is_over_ = false;
  bool has_begun_ = false;  // the message in hand was given to the dialogue
  bool has_lost_body_ = false;
};

// The relay's name in logs and replies: "smtp.example.jp:587".
[[nodiscard]] std::string name_of(const settings::ServerUrl& relay);

// Connects and opens. The Attempt says what stood in the way.
boost::asio::awaitable<std::variant<std::unique_ptr<Connection>, delivery::Attempt>> dial(
    const settings::ServerUrl& relay, Surroundings& around, wire::Duration connect_limit);

}  // namespace todoku::relay
