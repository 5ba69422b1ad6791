// SPDX-License-Identifier: Apache-2.0
#pragma once

// Brings the passwords of the fallback relays, and the keys that sign mail through them, from where
// todoku secret has put them. Until a password is there its relay is not used; until a key is, its
// mail goes unsigned. I/O thread; the looking up is the keeper thread's.
#include "proxy/platform/keeper.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/relay/fallbacks.hpp"
#include "proxy/settings/settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace todoku::cli {

class FallbackLogins {
 public:
  // fallbacks are those of settings; both and log outlive it.
  FallbackLogins(boost::asio::any_io_executor executor, std::filesystem::path state_dir,
                 const settings::Settings& settings, relay::Fallbacks& fallbacks,
                 platform::Log& log);
  // True = nothing is missing any more; else look again in a while: the password store may be
  // locked, or a password not stored yet.
  boost::asio::awaitable<bool> look();

 private:
  boost::asio::awaitable<Result<std::optional<wire::Secret>>> find(std::string name);
  boost::asio::awaitable<bool> look_for_login(std::size_t place);
  boost::asio::awaitable<bool> look_for_key(std::size_t place);
  void tell(const settings::Fallback& fallback, const std::string& secret, std::string why);

  boost::asio::any_io_executor executor_;
  std::filesystem::path state_dir_;
  const settings::Settings& settings_;
  relay::Fallbacks& fallbacks_;
  platform::Log& log_;
  std::unique_ptr<platform::KeeperThread> keeper_;  // once one is needed
  std::set<std::size_t> found_;                     // log-ins, by place
  std::set<std::size_t> found_keys_;
  std::set<std::string> told_;  // once each
};

}  // namespace todoku::cli
