// SPDX-License-Identifier: Apache-2.0
// Asking for the key, bounded.
#include "proxy/cli/sealing.hpp"

#include "proxy/platform/key_file.hpp"

#include <optional>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds patience{1'500};  // of a start; a prompt may take longer

}  // namespace

Sealing::Sealing(asio::any_io_executor executor, std::filesystem::path state_dir,
                 platform::Log& log)
    : state_dir_(std::move(state_dir)), log_(log), executor_(std::move(executor)) {}

std::shared_ptr<const store::Sealer> sealer_for_reading(const std::filesystem::path& state_dir) {
  const auto keeper = platform::system_keeper();
  const auto key = platform::find_store_key(*keeper, state_dir);
  return key ? store::Sealer::with_key(*key) : store::Sealer::none();
}

void Sealing::make_keeper() {
  if (keeper_) return;
  keeper_ = std::make_unique<platform::KeeperThread>(executor_, platform::system_keeper());
}

asio::awaitable<void> Sealing::use_none() {
  make_keeper();
  const auto found = std::make_shared<std::optional<wire::Secret>>();
  platform::KeeperThread::Work work = [found, dir = state_dir_](platform::Keeper& keeper) {
    *found = platform::find_store_key(keeper, dir);
  };
  const bool is_in_time = co_await keeper_->run(std::move(work), patience);
  const bool has_key = is_in_time && *found;
  sealer_ = store::Sealer::none(has_key ? store::Sealer::with_key(**found) : nullptr);
  is_lasting_ = true;
}

asio::awaitable<bool> Sealing::look() {
  make_keeper();
  const bool was_lasting = is_lasting_;
  // Late work goes on by itself, so it shares what it touches.
  const auto found = std::make_shared<std::optional<Result<platform::StoreKey>>>();
  platform::KeeperThread::Work work = [found, dir = state_dir_](platform::Keeper& keeper) {
    *found = platform::obtain_store_key(keeper, dir);
  };
  const bool is_in_time = co_await keeper_->run(std::move(work), patience);
  if (is_in_time && *found && (*found)->has_value()) {
    take(***found);
  } else if (!sealer_) {
    platform::StoreKey key;
    auto chance = platform::random_secret(store::Sealer::key_size);
    if (chance.has_value()) key.key = std::move(*chance);
    take(key);
  }
  co_return was_lasting != is_lasting_;
}

void Sealing::take(const platform::StoreKey& key) {
  if (sealer_ && !key.is_lasting()) return;  // still locked: goes on with the key of this run
  sealer_ = store::Sealer::with_key(key.key);
  is_lasting_ = key.is_lasting();
  const bool is_in_file = key.source == platform::StoreKeySource::file ||
                          key.source == platform::StoreKeySource::new_file;
  if (is_in_file) {
    log_.write(platform::LogLevel::info, "store.key_in_file", "",
               {{"detail", "no system key store: the key lies in the state folder"}});
  }
  if (!is_lasting_) {
    log_.write(platform::LogLevel::warning, "store.key_locked", "",
               {{"detail", "the system key store is locked: nothing can be queued"}});
  }
}

}  // namespace todoku::cli
