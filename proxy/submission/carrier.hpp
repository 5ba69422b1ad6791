// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the submission room needs from whoever hands mail on; wired in main. All on the I/O thread.
#include "proxy/delivery/states.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/store/body.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace todoku::submission {

// A message ready to be handed on, perhaps still arriving.
struct Outgoing {
  std::string id;
  const settings::Account* account = nullptr;  // owned by settings, lives to the end
  smtp::Credentials credentials;               // empty user and password = no log-in
  smtp::Envelope envelope;
  std::shared_ptr<store::Body> body;  // shared: a delivery may outlive the client's session
  // The client gave up, or waits no longer: true = nobody got it and nobody will; false = too late,
  // the whole message has left and may be delivered.
  bool give_up();

  bool is_given_up = false;
  // Set by the carrier while it has the message in hand: breaks off unless the end has left. May be
  // empty.
  std::function<bool()> break_off;
  // Set by the carrier in the same way: bytes that have left, as a sign of progress.
  std::function<std::uint64_t()> progress;
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  // A client has connected: begin to dial, so that the connection is warm when mail comes. Returns
  // at once.
  virtual void prepare(const settings::Account& account) = 0;
  // Hands the message to the account's relay and returns the verdict for every recipient. Never
  // throws; a broken connection, a refusal and a time-out are verdicts.
  virtual boost::asio::awaitable<delivery::Verdict> deliver(std::shared_ptr<Outgoing> message) = 0;
  // What every account's upstream is remembered to offer.
  [[nodiscard]] virtual smtp::Capabilities offered() const = 0;
  // The account's upstream is known to want a log-in.
  [[nodiscard]] virtual bool needs_login(const settings::Account& account) const = 0;
};

// The answer to a log-in of the client.
struct LoginVerdict {
  enum class Kind : std::uint8_t {
    accepted,
    refused,
    unavailable
  };
  Kind kind = Kind::unavailable;
  smtp::Reply reply;       // the upstream's own words for refused; ours else
  std::string oauth_json;  // the upstream's 334 challenge on a refused token, decoded; may be empty
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Verifies at the account's upstream; a warm session opened with the same credentials counts.
  virtual boost::asio::awaitable<LoginVerdict> verify(const settings::Account& account,
                                                      smtp::Credentials credentials) = 0;
};

}  // namespace todoku::submission
