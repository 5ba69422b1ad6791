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

std::string why_missing(const Result<std::optional<wire::Secret>>& found, const std::string& name) {
  return found.has_value() ? "enter it with: todoku secret set " + name : found.error().message();
}

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
    const bool has_login = co_await look_for_login(place);
    const bool has_key = co_await look_for_key(place);
    is_complete = is_complete && has_login && has_key;
  }
  co_return is_complete;
}

asio::awaitable<bool> FallbackLogins::look_for_login(std::size_t place) {
  const auto& fallback = settings_.fallbacks[place];
  if (fallback.secret.empty() || found_.contains(place)) co_return true;
  auto secret = co_await find(fallback.secret);
  if (secret.has_error() || !*secret) {
    tell(fallback, fallback.secret, why_missing(secret, fallback.secret));
    co_return false;
  }
  smtp::Credentials credentials;
  credentials.user = fallback.relay.user;
  credentials.password = std::move(**secret);
  fallbacks_.log_in_with(place, std::move(credentials));
  found_.insert(place);
  co_return true;
}

asio::awaitable<bool> FallbackLogins::look_for_key(std::size_t place) {
  const auto& fallback = settings_.fallbacks[place];
  if (fallback.dkim_secret.empty() || found_keys_.contains(place)) co_return true;
  const auto secret = co_await find(fallback.dkim_secret);
  if (secret.has_error() || !*secret) {
    tell(fallback, fallback.dkim_secret, why_missing(secret, fallback.dkim_secret));
    co_return false;
  }
  auto key = mailauth::DkimPrivateKey::from_pem(**secret);
  if (const auto* why = std::get_if<std::string>(&key)) {
    tell(fallback, fallback.dkim_secret, *why);
    co_return false;
  }
  const auto& usable = std::get<mailauth::DkimPrivateKey>(key);
  log_.write(platform::LogLevel::info, "fallback.dkim_key", "",
             {{"fallback", fallback.name},
              {"name", mailauth::dkim_key_name(fallback.dkim_selector, fallback.dkim_domain)},
              {"record", usable.public_record()}});
  mailauth::DkimSigner signer;
  signer.domain = fallback.dkim_domain;
  signer.selector = fallback.dkim_selector;
  fallbacks_.sign_with(place,
                       {std::move(signer), std::get<mailauth::DkimPrivateKey>(std::move(key))});
  found_keys_.insert(place);
  co_return true;
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

void FallbackLogins::tell(const settings::Fallback& fallback, const std::string& secret,
                          std::string why) {
  if (!told_.insert(fallback.name + '\n' + secret).second) return;
  log_.write(platform::LogLevel::warning, "fallback.no_secret", "",
             {{"fallback", fallback.name}, {"secret", secret}, {"detail", std::move(why)}});
}

}  // namespace todoku::cli
