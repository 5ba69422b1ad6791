// SPDX-License-Identifier: Apache-2.0
#pragma once

// Questions to the DNS by c-ares: over UDP, and over TCP where an answer was cut off. Answers are
// kept as long as they say, and a question that is under way is not asked twice. Owned by main; I/O
// thread. The only place that names c-ares.
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/dns.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace todoku::net {

struct ResolverOptions {
  std::string servers;                 // "192.0.2.1,[2001:db8::1]:53"; empty = the system's
  wire::Duration timeout{5'000};       // for one question, all tries together
  wire::Duration longest{86'400'000};  // an answer is not kept longer
  wire::Duration trouble_for{2'000};   // a failed answer is given again without asking
  std::size_t most_answers = 2'000;    // kept; the oldest go first
};

class Resolver {
 public:
  // Error: the system's settings cannot be read, or servers is no list of addresses.
  static Result<std::unique_ptr<Resolver>> make(boost::asio::any_io_executor executor,
                                                ResolverOptions options);
  // Whoever still waits gets server_failed. Not from inside a wait of its own.
  ~Resolver();

  // Never fails otherwise than by the answer's status; at the latest after the timeout. What cannot
  // be a name of the DNS is no_such_name. A null MX (RFC 7505) is an exchange with an empty host.
  boost::asio::awaitable<wire::DnsAnswer> ask(wire::DnsQuestion question);
  // Answers an evaluation of floor 0 until it has ended. dialogue must outlive the call.
  boost::asio::awaitable<void> run(wire::DnsDialogue& dialogue);
  // Whoever waits gets server_failed now; nobody is going to ask any more.
  void give_up();
  // The network has changed: forget failures and look at the system's servers again.
  void refresh();

  [[nodiscard]] std::size_t kept() const;

 private:
  struct Impl;
  explicit Resolver(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with the handlers of sockets and timers
};

}  // namespace todoku::net
