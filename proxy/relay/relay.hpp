// SPDX-License-Identifier: Apache-2.0
#pragma once

// The relay room: hands due mail to a relay and says what became of it; verifies log-ins at the
// upstream. What it remembers of each upstream's EHLO is kept in the state directory, so that the
// first client after a start is offered the right things. Owned by main, outlives the submission
// room. I/O thread.
#include "proxy/relay/upstream.hpp"
#include "proxy/submission/carrier.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace todoku::relay {

class Relay final : public submission::Carrier, public submission::Authenticator {
 public:
  // around and its settings outlive the room. memory_file: where the remembered EHLO answers are
  // kept.
  Relay(Surroundings around, std::filesystem::path memory_file);

  void prepare(const settings::Account& account) override;
  boost::asio::awaitable<delivery::Verdict> deliver(
      std::shared_ptr<submission::Outgoing> message) override;
  [[nodiscard]] smtp::Capabilities offered() const override;
  [[nodiscard]] bool needs_login(const settings::Account& account) const override;
  boost::asio::awaitable<submission::LoginVerdict> verify(const settings::Account& account,
                                                          smtp::Credentials credentials) override;

  // Closes idle connections in time, until stop.
  boost::asio::awaitable<void> keep_house();
  void stop();

 private:
  Upstream& upstream_of(const settings::Account& account);
  const Upstream& upstream_of(const settings::Account& account) const;
  boost::asio::awaitable<delivery::Verdict> try_once(Upstream& upstream,
                                                     submission::Outgoing& message, bool& again);
  submission::LoginVerdict refused_login(const settings::Account& account,
                                         const smtp::Credentials& credentials, NoConnection failed);
  bool forget_if_refused(const settings::Account& account, const smtp::Credentials& credentials,
                         const delivery::Attempt& attempt);
  void log_outcome(const submission::Outgoing& message, const delivery::Verdict& verdict);
  void save_memory();

  Surroundings around_;
  std::filesystem::path memory_file_;
  std::vector<std::unique_ptr<Upstream>>
      upstreams_;  // one for each account, in the settings' order
  // Credentials that an upstream has accepted since the start: they may log in while it is out of
  // reach.
  std::vector<std::pair<const settings::Account*, smtp::Credentials>> verified_;
  net::Signal stopping_;
  bool is_stopping_ = false;
};

}  // namespace todoku::relay
