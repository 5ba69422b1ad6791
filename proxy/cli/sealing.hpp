// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which key seals what is kept on disk: asks the system's key store on its own thread, for a
// bounded time, and again later while it is locked. Owned by ProxyAssembly. I/O thread.
#include "proxy/platform/keeper.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/platform/store_key.hpp"
#include "proxy/store/sealer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>

namespace todoku::cli {

// For another process that reads the database (todoku messages): the key that is there, else clear
// text only. Blocks.
std::shared_ptr<const store::Sealer> sealer_for_reading(const std::filesystem::path& state_dir);

class Sealing {
 public:
  Sealing(boost::asio::any_io_executor executor, std::filesystem::path state_dir,
          platform::Log& log);

  // Clear text, by setting; what was sealed before is still opened.
  boost::asio::awaitable<void> use_none();
  // Looks for the key, makes one where there has never been one. While the key store is locked, or
  // too slow, the sealer has a key of this run only. True = is_lasting() has changed.
  boost::asio::awaitable<bool> look();

  [[nodiscard]] std::shared_ptr<const store::Sealer> sealer() const { return sealer_; }
  [[nodiscard]] bool is_lasting() const { return is_lasting_; }

 private:
  void take(const platform::StoreKey& key);
  void make_keeper();

  std::filesystem::path state_dir_;
  platform::Log& log_;
  boost::asio::any_io_executor executor_;
  std::unique_ptr<platform::KeeperThread> keeper_;  // made when first needed
  std::shared_ptr<const store::Sealer> sealer_;
  bool is_lasting_ = false;
};

}  // namespace todoku::cli
