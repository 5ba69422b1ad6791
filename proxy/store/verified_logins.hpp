// SPDX-License-Identifier: Apache-2.0
#pragma once

// Log-ins that an upstream has accepted, so that their user may queue mail while it is out of reach
// (SECURITY.md): salted scrypt hashes (RFC 7914) in a 0600 file, never the password, the
// user's name only as a digest. Owned by main, outlives the rooms; I/O thread, the slow part on the
// worker.
#include "proxy/net/worker.hpp"
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

class VerifiedLogins {
 public:
  static constexpr std::size_t at_most = 200;  // log-ins; the longest unused goes first

  // A file that cannot be understood counts as empty. Errors: it cannot be read; no good chance.
  static Result<std::unique_ptr<VerifiedLogins>> open(const std::filesystem::path& state_dir,
                                                      net::Worker& worker);

  // The upstream has just accepted it. Takes some 100 ms on the worker, next to nothing when the
  // same is remembered already. Error: the file could not be written (it is known until the end of
  // this run).
  boost::asio::awaitable<error_code> remember(std::string account, std::string user,
                                              wire::Secret password);
  // Takes the same time for every password that is not the last one remembered in this run.
  boost::asio::awaitable<bool> is_known(std::string account, std::string user,
                                        wire::Secret password);
  // The upstream has refused it (535). A remember under way at that moment does not count either.
  boost::asio::awaitable<error_code> forget(std::string account, std::string user);
  [[nodiscard]] std::size_t count() const { return logins_.size(); }

 private:
  using Digest = std::array<unsigned char, 32>;
  using Salt = std::array<unsigned char, 16>;
  struct Login {
    Digest who{};                 // of account and user, with the file's salt
    Salt salt{};                  // of hash
    Digest hash{};                // scrypt of the password
    std::optional<Digest> quick;  // HMAC with a key of this run: spares the slow one
  };

  VerifiedLogins(std::filesystem::path file, net::Worker& worker);
  void parse(std::string_view text);
  [[nodiscard]] std::string render() const;
  [[nodiscard]] Digest who(std::string_view account, std::string_view user) const;
  [[nodiscard]] Digest quick(const Digest& who, const wire::Secret& password) const;
  [[nodiscard]] Login* find(const Digest& who);
  boost::asio::awaitable<std::optional<Digest>> slow_hash(wire::Secret password, Salt salt);
  boost::asio::awaitable<error_code> write();
  void put(Login login);

  std::filesystem::path file_;
  net::Worker& worker_;
  Salt file_salt_{};
  Digest run_key_{};
  std::vector<Login> logins_;  // oldest first
  std::uint64_t forgets_ = 0;
};

}  // namespace todoku::store
