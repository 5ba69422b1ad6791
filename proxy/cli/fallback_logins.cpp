// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/fallback_logins.hpp"

#include "proxy/platform/secrets.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace {

constexpr std::chrono::seconds patience{10};  // a keeper that prompts is asked again later

}  // namespace

FallbackLogins::FallbackLogins(asio::any_io_executor executor, std::filesystem::path state_dir,
                               const settings::Settings& settings, relay::Fallbacks& fallbacks,
                               platform::Log& log)
    : executor_(std::move(executor)),
      state_dir_(std::move(state_dir)),
      settings_(settings),
      fallbacks_(fallbacks),
      log_(log) {}

asio::awaitable<bool> FallbackLogins::look() {
  bool is_complete = true;
  for (std::size_t place = 0; place < settings_.fallbacks.size(); ++place) {
    const auto& fallback = settings_.fallbacks[place];
    if (fallback.secret.empty() || found_.contains(place)) continue;
    auto secret = co_await find(fallback.secret);
    if (secret.has_value() && *secret) {
      smtp::Credentials credentials;
      credentials.user = fallback.relay.user;
      credentials.password = std::move(**secret);
      fallbacks_.log_in_with(place, std::move(credentials));
      found_.insert(place);
      continue;
    }
    is_complete = false;
    tell(fallback, secret.has_value() ? "enter it with: todoku secret set " + fallback.secret
                                      : secret.error().message());
  }
  co_return is_complete;
}

// What the work needs is its own: it may outlive our patience.
asio::awaitable<Result<std::optional<wire::Secret>>> FallbackLogins::find(std::string name) {
  using Found = Result<std::optional<wire::Secret>>;
  if (!keeper_) {
    keeper_ = std::make_unique<platform::KeeperThread>(executor_, platform::system_keeper());
  }
  auto found = std::make_shared<Found>(errc::make_error_code(errc::timed_out));
  platform::KeeperThread::Work work = [found, name = std::move(name),
                                       state_dir = state_dir_](platform::Keeper& keeper) {
    platform::Secrets secrets(keeper, state_dir);
    *found = secrets.get(name);
  };
  const bool has_run = co_await keeper_->run(std::move(work), patience);
  if (!has_run) co_return Found(errc::make_error_code(errc::timed_out));
  co_return std::move(*found);
}

void FallbackLogins::tell(const settings::Fallback& fallback, std::string why) {
  if (!told_.insert(fallback.name).second) return;
  log_.write(
      platform::LogLevel::warning, "fallback.no_secret", "",
      {{"fallback", fallback.name}, {"secret", fallback.secret}, {"detail", std::move(why)}});
}

}  // namespace todoku::cli
