// SPDX-License-Identifier: Apache-2.0
#pragma once

// A small recording submission server on loopback, as coroutines beside what is tested. It offers
// what `extensions` says and behaves well, except where react() says otherwise.
#include "proxy/net/listener.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/settings/server_url.hpp"
#include "proxy/smtp/login.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace todoku::support {

// What happens at a command instead of the usual.
struct Reaction {
  enum class Kind : std::uint8_t {
    usual,
    reply,  // text in place of the usual answer
    close,  // no answer, the connection ends
    hold,   // the usual, but only after release()
  };
  Kind kind = Kind::usual;
  std::string text;
};

class ScriptedUpstream {
 public:
  struct Message {
    std::string user, text;
    std::size_t connection = 0;  // counted from 1
  };

  explicit ScriptedUpstream(net::Rooms& rooms)
      : rooms_(rooms),
        listener_(net::Listener::open(rooms.executor(), "127.0.0.1", 0).value()),
        port_(listener_.port()),
        released_(rooms.executor()) {
    rooms_.start("upstream.accept", accept());
  }

  [[nodiscard]] settings::ServerUrl url() const {
    settings::ServerUrl url;
    url.scheme = settings::Scheme::smtp;  // clear text is allowed to loopback
    url.host = "127.0.0.1";
    url.port = port_;
    return url;
  }
  // As after a crash: all connections end, and nobody is let in any more.
  void stop() {
    is_stopped_ = true;
    listener_.close();
    drop_connections();
    release();
  }
  void drop_connections() {
    for (auto* stream : streams_) stream->close();
  }
  void release() { released_.notify_all(); }
  [[nodiscard]] std::size_t count(std::string_view verb) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        commands, [verb](const auto& line) { return line.starts_with(verb); }));
  }

  // The verb is CONNECT, a command's, or END for the end of a body.
  std::function<Reaction(std::string_view verb, std::size_t connection)> react;
  std::vector<std::string> extensions{"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8",
                                      "AUTH PLAIN XOAUTH2 OAUTHBEARER"};
  std::map<std::string, std::string> users{{"anna", "apple"}, {"bert", "beet"}};

  std::vector<Message> messages;  // whose end came, answered or not
  std::vector<std::string> commands;
  std::size_t connections = 0, open = 0, most_open = 0;
  std::size_t body_bytes = 0;  // of all bodies, also of those that never ended
  std::size_t holding = 0;     // connections that wait for release()
  std::size_t flights = 0;     // how often somebody spoke after an answer of ours, all connections

 private:
  struct Peer {
    net::Stream stream;
    std::size_t number;
    std::string buffer, user, body;
    bool is_open = true;
    bool has_spoken = false;  // since the peer did
  };

  boost::asio::awaitable<void> accept() {
    for (;;) {
      auto accepted = co_await listener_.accept();
      if (accepted.has_error()) co_return;
      rooms_.start("upstream.connection", serve(std::move(*accepted)));
    }
  }

  boost::asio::awaitable<void> serve(net::Stream stream) {
    Peer peer{std::move(stream), ++connections, {}, {}, {}};
    streams_.push_back(&peer.stream);
    most_open = std::max(most_open, ++open);
    const std::string greeting = "220 upstream.test";
    co_await answer(peer, "CONNECT", greeting);
    while (peer.is_open) {
      const auto line = co_await read_line(peer);
      if (line) co_await obey(peer, *line);
    }
    --open;
    streams_.remove(&peer.stream);
  }

  boost::asio::awaitable<void> obey(Peer& peer, std::string line) {
    commands.push_back(line);
    const auto verb = line.substr(0, line.find(' '));
    if (verb == "EHLO") {
      std::string offer = "250-upstream.test";
      for (const auto& one : extensions) offer += "\r\n250-" + one;
      offer += "\r\n250 HELP";
      co_await answer(peer, verb, offer);
    } else if (verb == "AUTH") {
      co_await log_in(peer, line);
    } else if (verb == "DATA") {
      const std::string go_on = "354 go on";
      const bool is_usual = co_await answer(peer, verb, go_on);
      if (is_usual) co_await take_data(peer);
    } else if (verb == "BDAT") {
      co_await take_block(peer, line);
    } else {
      const std::string ok = verb == "QUIT" ? "221 bye" : "250 ok";
      if (verb == "RSET") peer.body.clear();
      co_await answer(peer, verb, ok);
      if (verb == "QUIT") peer.is_open = false;
    }
  }

  boost::asio::awaitable<void> log_in(Peer& peer, std::string line) {
    const auto given = smtp::decode_base64(line.substr(line.rfind(' ') + 1)).value_or("");
    peer.user.clear();
    for (const auto& [user, password] : users) {
      const bool names = given.find(user) != std::string::npos;
      if (names && given.find(password) != std::string::npos) peer.user = user;
    }
    const std::string verdict = peer.user.empty() ? "535 5.7.8 wrong" : "235 welcome";
    const bool has_token = given.find("Bearer") != std::string::npos;
    if (peer.user.empty() && has_token) {
      const std::string challenge = "334 " + smtp::encode_base64("{\"status\":\"401\"}");
      co_await say(peer, challenge);
      co_await read_line(peer);
    }
    co_await answer(peer, "AUTH", verdict);
  }

  boost::asio::awaitable<void> take_data(Peer& peer) {
    for (;;) {
      auto line = co_await read_line(peer);
      if (!line) co_return;
      if (*line == ".") break;
      if (line->starts_with('.')) line->erase(0, 1);
      peer.body += *line + "\r\n";
      body_bytes += line->size() + 2;
    }
    co_await end_message(peer);
  }

  boost::asio::awaitable<void> take_block(Peer& peer, std::string line) {
    const auto size = std::stoul(line.substr(5));
    while (peer.is_open && peer.buffer.size() < size) co_await fill(peer);
    body_bytes += std::min<std::size_t>(peer.buffer.size(), size);
    if (!peer.is_open) co_return;
    peer.body += peer.buffer.substr(0, size);
    peer.buffer.erase(0, size);
    if (line.ends_with("LAST")) {
      co_await end_message(peer);
    } else {
      const std::string ok = "250 more";
      co_await answer(peer, "BDAT", ok);
    }
  }

  boost::asio::awaitable<void> end_message(Peer& peer) {
    messages.push_back({peer.user, std::exchange(peer.body, {}), peer.number});
    const std::string taken = "250 2.0.0 taken";
    co_await answer(peer, "END", taken);
  }

  // True: the usual was said.
  boost::asio::awaitable<bool> answer(Peer& peer, std::string verb, std::string usual) {
    const auto reaction = react ? react(verb, peer.number) : Reaction{};
    if (reaction.kind == Reaction::Kind::hold && !is_stopped_) {
      ++holding;
      const wire::Duration no_limit{0};
      co_await released_.wait(no_limit);
      --holding;
    }
    if (reaction.kind == Reaction::Kind::close) {
      peer.is_open = false;
      peer.stream.close();
      co_return false;
    }
    const bool is_usual = reaction.kind != Reaction::Kind::reply;
    if (!is_usual) usual = reaction.text;
    co_await say(peer, usual);
    if (usual.starts_with("421")) peer.is_open = false;
    co_return is_usual;
  }

  boost::asio::awaitable<void> say(Peer& peer, std::string text) {
    text += "\r\n";
    const std::string_view nothing_more;
    const auto failed = co_await peer.stream.write(text, nothing_more);
    if (failed) peer.is_open = false;
    peer.has_spoken = true;
  }

  boost::asio::awaitable<std::optional<std::string>> read_line(Peer& peer) {
    std::size_t end = 0;
    while ((end = peer.buffer.find("\r\n")) == std::string::npos) {
      if (!peer.is_open) co_return std::nullopt;
      co_await fill(peer);
    }
    auto line = peer.buffer.substr(0, end);
    peer.buffer.erase(0, end + 2);
    co_return line;
  }

  boost::asio::awaitable<void> fill(Peer& peer) {
    const auto got = co_await peer.stream.read();
    if (got.has_error()) {
      peer.is_open = false;
    } else {
      if (std::exchange(peer.has_spoken, false)) ++flights;
      peer.buffer += *got;
    }
  }

  net::Rooms& rooms_;
  net::Listener listener_;
  std::uint16_t port_;
  net::Signal released_;
  std::list<net::Stream*> streams_;
  bool is_stopped_ = false;
};

}  // namespace todoku::support
