// SPDX-License-Identifier: Apache-2.0
#pragma once

// Single attempts: hands a message to the account's relay and says what became of it; verifies
// log-ins at the upstream. What it remembers of each upstream's EHLO is kept in the state
// directory, so that the first client after a start is offered the right things. Owned by main,
// outlives the submission room. I/O thread.
#include "proxy/relay/upstream.hpp"
#include "proxy/store/verified_logins.hpp"
#include "proxy/submission/carrier.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::relay {

class Relay final : public submission::Authenticator {
 public:
  // around and its settings outlive the room. memory_file: where the remembered EHLO answers are
  // kept. logins: those accepted in earlier runs, may be null; outlives the room.
  Relay(Surroundings around, std::filesystem::path memory_file,
        store::VerifiedLogins* logins = nullptr);

  void prepare(const settings::Account& account);
  // One attempt. Never throws; a broken connection, a refusal and a time-out are verdicts.
  boost::asio::awaitable<delivery::Verdict> attempt(std::shared_ptr<submission::Outgoing> message);
  // What every account's upstream is remembered to offer.
  [[nodiscard]] smtp::Capabilities offered() const;
  [[nodiscard]] bool needs_login(const settings::Account& account) const;
  // The largest message that the upstream is remembered to take (RFC 1870), in octets.
  [[nodiscard]] std::optional<std::uint64_t> size_limit(const settings::Account& account) const;
  // What this user has logged in with since the start; null = not yet.
  [[nodiscard]] const smtp::Credentials* credentials_of(const settings::Account& account,
                                                        std::string_view user) const;
  // Told of every log-in that an upstream has accepted.
  void on_login(std::function<void(const settings::Account&, const std::string& user)> tell);
  boost::asio::awaitable<submission::LoginVerdict> verify(const settings::Account& account,
                                                          smtp::Credentials credentials) override;

  // Closes idle connections in time, until stop.
  boost::asio::awaitable<void> keep_house();
  // Whoever else has connections; closes what was idle for so long. Awaited in each round.
  using CloseIdle =
      std::function<boost::asio::awaitable<void>(std::chrono::steady_clock::duration limit)>;
  void also_close(CloseIdle others);
  void stop();

 private:
  Upstream& upstream_of(const settings::Account& account);
  const Upstream& upstream_of(const settings::Account& account) const;
  submission::LoginVerdict refused_login(const settings::Account& account,
                                         const smtp::Credentials& credentials, NoConnection failed);
  bool forget_if_refused(const settings::Account& account, const smtp::Credentials& credentials,
                         const delivery::Attempt& attempt);
  boost::asio::awaitable<bool> is_known_from_before(const settings::Account& account,
                                                    smtp::Credentials credentials);
  boost::asio::awaitable<void> keep_login(const settings::Account& account,
                                          smtp::Credentials credentials);
  boost::asio::awaitable<void> forget_login(const settings::Account& account, std::string user);
  void vouch_for(const settings::Account& account, const smtp::Credentials& credentials);
  void save_memory();

  Surroundings around_;
  std::filesystem::path memory_file_;
  store::VerifiedLogins* logins_;
  std::vector<std::unique_ptr<Upstream>>
      upstreams_;  // one for each account, in the settings' order
  // Credentials that an upstream has accepted since the start: they may log in while it is out of
  // reach.
  std::vector<std::pair<const settings::Account*, smtp::Credentials>> verified_;
  std::function<void(const settings::Account&, const std::string& user)> on_login_;
  CloseIdle others_;
  net::Signal stopping_;
  bool is_stopping_ = false;
};

}  // namespace todoku::relay
