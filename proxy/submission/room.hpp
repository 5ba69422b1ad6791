// SPDX-License-Identifier: Apache-2.0
#pragma once

// The submission room: takes mail from mail clients, asks the Authenticator and the Carrier, and
// gives each client the true answer. Owned by main. I/O thread.
#include "proxy/delivery/message_id.hpp"
#include "proxy/delivery/verdict.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/body.hpp"
#include "proxy/submission/carrier.hpp"
#include "proxy/submission/gate.hpp"
#include "proxy/submission/inquiry.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace todoku::submission {

class Session;

// What is asked about each message before it leaves; both outlive the room.
struct Checking {
  Gate& gate;
  FactSource& facts;
};

// What the room is given by main; everything outlives it.
struct Surroundings {
  const settings::Settings& settings;
  Carrier& carrier;
  Authenticator& authenticator;
  store::Spool& spool;
  net::ServerTls* tls;  // null = no STARTTLS can be offered
  net::Rooms& rooms;
  platform::Log& log;
  std::string instance;
  std::function<std::string(const delivery::Sentence&)> say;  // in the user's language, UTF-8
  Checking* checks = nullptr;                                 // null = nothing is checked
};

class Room {
 public:
  explicit Room(Surroundings around);
  ~Room();

  enum class Entrance : std::uint8_t {
    starttls,
    implicit_tls
  };
  // Serves clients of this listener until stop.
  void open(net::Listener listener, Entrance entrance);
  // Stops accepting; sessions end with a 421 as soon as no message is under way in them.
  void stop();
  // Gives every message that is still under way up, with an answer to its client.
  void hurry();
  // Waits for the sessions' end, at most limit. False = some were still busy.
  boost::asio::awaitable<bool> wait_until_empty(wire::Duration limit);

 private:
  friend class Session;
  boost::asio::awaitable<void> accept_clients(net::Listener& listener, Entrance entrance);
  boost::asio::awaitable<void> serve(net::Stream stream, Entrance entrance);
  std::string new_message_id();

  Surroundings around_;
  std::list<net::Listener> listeners_;
  std::list<Session*> sessions_;  // those alive; each removes itself
  delivery::MessageIds ids_{delivery::MessageIds::Of::clients};
  std::mt19937 chance_;  // for ids, which need not be secret
  net::Signal session_ended_;
  std::uint64_t session_count_ = 0;
  bool is_stopping_ = false;
};

}  // namespace todoku::submission
