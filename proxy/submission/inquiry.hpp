// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the pre-send checks need to know beyond the message: asked for while the message still
// comes in, so that it costs no time. Declared here, answered by proxy/facts, wired in main. All
// on the I/O thread; nothing here throws, and what cannot be found out in time stays unknown.
#include "proxy/checks/facts.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/submission/carrier.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string_view>

namespace todoku::submission {

// About one message, from MAIL to its answer.
class Inquiry {
 public:
  virtual ~Inquiry() = default;
  // RCPT has named somebody: what takes time to find out begins. Returns at once.
  virtual void add_recipient(std::string_view address) = 0;
  // The whole message has come and its end has not left. Returns at once; both outlive wait().
  virtual void add_message(const Outgoing& message, const skeleton::Skeleton& skeleton) = 0;
  // Something that is worth waiting for is still being looked for.
  [[nodiscard]] virtual bool is_open() const = 0;
  // Until it is found or its time is over; all waits for one message together are bounded.
  virtual boost::asio::awaitable<void> wait() = 0;
  // What is known now of a message with this envelope, or with its part so far.
  [[nodiscard]] virtual checks::Facts facts(const smtp::Envelope& envelope) = 0;
  // The client was told 250.
  virtual void message_is_taken() = 0;
};

class FactSource {
 public:
  virtual ~FactSource() = default;
  // MAIL was taken. account outlives the inquiry.
  virtual std::unique_ptr<Inquiry> open(const settings::Account& account,
                                        const smtp::Envelope& envelope) = 0;
  // A scanner will say something about each message: none may leave before its end has come.
  [[nodiscard]] virtual bool scans() const = 0;
};

}  // namespace todoku::submission
