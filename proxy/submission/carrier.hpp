// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the submission room needs from whoever hands mail on; wired in main. All on the I/O thread.
#include "proxy/checks/finding.hpp"
#include "proxy/delivery/settlement.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/store/body.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
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
  std::string message_id_header;      // "<...>" as the client gave it; empty = none
  std::string subject;                // as in the header, for people
  std::string from_address;           // of the From line; empty = none, or several
  std::string body_digest;            // of the client's bytes, where there is no Message-ID
  bool accepts_partly = false;        // some recipients may be refused, the others get it
  bool is_signed = false;             // S/MIME, PGP or DKIM: nothing but Received may be added
  std::string front;                  // of the carrier's own, for this attempt: before the body
  bool may_go_round = true;           // by a fallback relay; not what is sent again after unknown
  checks::Findings findings;          // what the checks saw in it and let pass, or held it for
  std::chrono::system_clock::time_point checked_at{};
  // The client gave up, or waits no longer: true = nobody got it and nobody will; false = too late,
  // the whole message has left and may be delivered.
  bool give_up();

  bool is_given_up = false;
  // Whether its client has closed the connection; empty = the session has ended.
  std::function<bool()> is_client_gone;
  // Set by the carrier while it has the message in hand: breaks off unless the end has left. May be
  // empty.
  std::function<bool()> break_off;
  // Set by the carrier in the same way: bytes that have left, as a sign of progress.
  std::function<std::uint64_t()> progress;
  // Asked before the end of the message leaves; false = it may not. May be empty.
  std::function<boost::asio::awaitable<bool>()> before_end;
  // Set by the carrier: whoever waits in settle() waits no longer. May be empty.
  std::function<void()> stop_waiting;
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  // A client has connected: begin to dial, so that the connection is warm when mail comes. Returns
  // at once.
  virtual void prepare(const settings::Account& account) = 0;
  // Starts to hand on a message that still arrives; its Message-ID is known, so that a repeat is
  // noticed. Returns at once.
  virtual void begin(std::shared_ptr<Outgoing> message) = 0;
  // The whole message is there: the relay's verdict if it comes within the answer budget, else the
  // message is made durable and what follows is ours. Begins where that has not happened. Never
  // throws; a broken connection, a refusal and a time-out are settlements.
  virtual boost::asio::awaitable<delivery::Settlement> settle(
      std::shared_ptr<Outgoing> message) = 0;
  // The same, but nothing is sent before a person has let it go: a check stopped it, for codes.
  // Only for a message that was not begun.
  virtual boost::asio::awaitable<delivery::Settlement> hold(std::shared_ptr<Outgoing> message,
                                                            std::string codes) = 0;
  // The same, but it goes by itself when the window (> 0) is over and nobody has taken it back. One
  // that cannot be kept goes at once.
  virtual boost::asio::awaitable<delivery::Settlement> wait_undo_window(
      std::shared_ptr<Outgoing> message, settings::Duration window) = 0;
  // After one of these, once: whether the client has got its answer. Until it has, a repeat of
  // the same message joins this one.
  virtual void answered(const Outgoing& message, bool is_told) = 0;
  // An error when a message of that many bytes could not be kept.
  [[nodiscard]] virtual error_code check_room(std::uint64_t size) const = 0;
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
