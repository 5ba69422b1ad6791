// SPDX-License-Identifier: Apache-2.0
// The relay room.
#include "proxy/relay/relay.hpp"

#include "proxy/platform/atomic_file.hpp"
#include "proxy/relay/offer_memory.hpp"
#include "proxy/relay/one_attempt.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_verified = 256;
constexpr std::size_t max_memory_file = 256UL * 1024;
constexpr wire::Duration house_round{15'000};

// Before an upstream has been seen: what practically every submission server carries. SMTPUTF8 and
// DSN are offered only once they are known.
smtp::Capabilities usual_offer() {
  smtp::Capabilities usual;
  usual.eight_bit_mime = true;
  usual.offers_login = true;
  usual.mechanisms = {smtp::Mechanism::plain, smtp::Mechanism::login};
  return usual;
}

// A token lives for an hour: it is not worth remembering.
bool is_password(const smtp::Credentials& credentials) {
  return credentials.mechanism == smtp::Mechanism::plain ||
         credentials.mechanism == smtp::Mechanism::login;
}

}  // namespace

Relay::Relay(Surroundings around, std::filesystem::path memory_file, store::VerifiedLogins* logins)
    : around_(std::move(around)),
      memory_file_(std::move(memory_file)),
      logins_(logins),
      stopping_(around_.rooms.executor()) {
  const auto remembered = platform::read_small(memory_file_, max_memory_file);
  const auto offers = remembered ? read_offers(*remembered) : Offers{};
  for (const auto& account : around_.settings.accounts) {
    upstreams_.push_back(std::make_unique<Upstream>(account, around_));
    const auto known = offers.find(name_of(account.upstream));
    if (known != offers.end()) upstreams_.back()->remember(known->second);
  }
}

Upstream& Relay::upstream_of(const settings::Account& account) {
  const auto place = static_cast<std::size_t>(&account - around_.settings.accounts.data());
  return *upstreams_.at(place);
}

const Upstream& Relay::upstream_of(const settings::Account& account) const {
  const auto place = static_cast<std::size_t>(&account - around_.settings.accounts.data());
  return *upstreams_.at(place);
}

void Relay::prepare(const settings::Account& account) {
  upstream_of(account).prepare();
}

smtp::Capabilities Relay::offered() const {
  std::optional<smtp::Capabilities> common;
  for (const auto& upstream : upstreams_) {
    const auto offer = upstream->offered().value_or(usual_offer());
    common = common ? smtp::intersection(*common, offer) : offer;
  }
  auto offer = common.value_or(usual_offer());
  // Clients log in with PLAIN or LOGIN whatever the upstream's mechanism is called (survey P11).
  if (offer.offers_login) {
    for (const auto always : {smtp::Mechanism::login, smtp::Mechanism::plain}) {
      if (!offer.can(always)) offer.mechanisms.insert(offer.mechanisms.begin(), always);
    }
  }
  offer.chunking = false;
  return offer;
}

std::optional<std::uint64_t> Relay::size_limit(const settings::Account& account) const {
  const auto& offered = upstream_of(account).offered();
  if (!offered) return std::nullopt;
  return offered->max_size;
}

bool Relay::needs_login(const settings::Account& account) const {
  const auto& offer = upstream_of(account).offered();
  return offer && offer->offers_login && account.upstream.scheme != settings::Scheme::smtp;
}

asio::awaitable<delivery::Verdict> Relay::attempt(std::shared_ptr<submission::Outgoing> message) {
  auto& upstream = upstream_of(*message->account);
  const auto& credentials = message->credentials;
  auto verdict = co_await attempt_at(upstream, *message, credentials, around_.settings);
  forget_if_refused(*message->account, credentials, verdict.attempt);
  if (upstream.offer_has_changed()) save_memory();
  log_outcome(*message, verdict, around_.log);
  co_return verdict;
}

asio::awaitable<submission::LoginVerdict> Relay::verify(const settings::Account& account,
                                                        smtp::Credentials credentials) {
  auto& upstream = upstream_of(account);
  submission::LoginVerdict verdict;
  verdict.kind = submission::LoginVerdict::Kind::accepted;
  if (upstream.is_in_use_by(credentials)) co_return verdict;
  auto acquired = co_await upstream.acquire(credentials);
  if (upstream.offer_has_changed()) save_memory();
  if (auto* failed = std::get_if<NoConnection>(&acquired)) {
    verdict = refused_login(account, credentials, std::move(*failed));
    if (verdict.kind != submission::LoginVerdict::Kind::unavailable) co_return verdict;
    const bool is_known = co_await is_known_from_before(account, credentials);
    if (!is_known) co_return verdict;
    vouch_for(account, credentials);
    co_return submission::LoginVerdict{submission::LoginVerdict::Kind::accepted, {}, {}};
  }
  upstream.give_back(std::move(std::get<Lease>(acquired)));
  vouch_for(account, credentials);
  if (logins_ != nullptr && is_password(credentials)) {
    around_.rooms.start("login.keep", keep_login(account, credentials));
  }
  co_return verdict;
}

// From now on these may log in while the upstream is out of reach, and carry waiting mail.
void Relay::vouch_for(const settings::Account& account, const smtp::Credentials& credentials) {
  const auto known = std::make_pair(&account, credentials);
  if (std::ranges::find(verified_, known) == verified_.end()) {
    if (verified_.size() >= max_verified) verified_.erase(verified_.begin());
    verified_.push_back(known);
  }
  if (on_login_) on_login_(account, credentials.user);
}

asio::awaitable<bool> Relay::is_known_from_before(const settings::Account& account,
                                                  smtp::Credentials credentials) {
  if (logins_ == nullptr || !is_password(credentials)) co_return false;
  const bool is_known = co_await logins_->is_known(account.name, std::move(credentials.user),
                                                   std::move(credentials.password));
  co_return is_known;
}

asio::awaitable<void> Relay::keep_login(const settings::Account& account,
                                        smtp::Credentials credentials) {
  const auto failed = co_await logins_->remember(account.name, std::move(credentials.user),
                                                 std::move(credentials.password));
  if (failed) {
    around_.log.write(platform::LogLevel::warning, "login.not_kept", "",
                      {{"account", account.name}, {"detail", failed.message()}});
  }
}

asio::awaitable<void> Relay::forget_login(const settings::Account& account, std::string user) {
  const auto failed = co_await logins_->forget(account.name, std::move(user));
  if (failed) {
    around_.log.write(platform::LogLevel::warning, "login.not_forgotten", "",
                      {{"account", account.name}, {"detail", failed.message()}});
  }
}

const smtp::Credentials* Relay::credentials_of(const settings::Account& account,
                                               std::string_view user) const {
  for (auto known = verified_.rbegin(); known != verified_.rend(); ++known) {
    if (known->first == &account && known->second.user == user) return &known->second;
  }
  return nullptr;
}

void Relay::on_login(std::function<void(const settings::Account&, const std::string&)> tell) {
  on_login_ = std::move(tell);
}

// Only the upstream's own refusal of the log-in is a refusal; everything else is its trouble, not
// the user's. Refused credentials are no longer vouched for.
bool Relay::forget_if_refused(const settings::Account& account,
                              const smtp::Credentials& credentials,
                              const delivery::Attempt& attempt) {
  if (attempt.phase != smtp::Phase::login || !attempt.reply.is_permanent()) return false;
  std::erase(verified_, std::make_pair(&account, credentials));
  if (logins_ != nullptr && is_password(credentials)) {
    around_.rooms.start("login.forget", forget_login(account, credentials.user));
  }
  return true;
}

submission::LoginVerdict Relay::refused_login(const settings::Account& account,
                                              const smtp::Credentials& credentials,
                                              NoConnection failed) {
  submission::LoginVerdict verdict;
  const auto& attempt = failed.attempt;
  if (forget_if_refused(account, credentials, attempt)) {
    verdict.kind = submission::LoginVerdict::Kind::refused;
    verdict.reply = attempt.reply;
    verdict.oauth_json = std::move(failed.oauth_challenge);
    return verdict;
  }
  if (std::ranges::find(verified_, std::make_pair(&account, credentials)) != verified_.end()) {
    verdict.kind = submission::LoginVerdict::Kind::accepted;
    return verdict;
  }
  verdict.kind = submission::LoginVerdict::Kind::unavailable;
  std::string why = attempt.relay + " cannot check the password now";
  if (!attempt.detail.empty()) why += " (" + attempt.detail + ")";
  if (attempt.reply.code >= 400) why += ": " + smtp::to_line(attempt.reply);
  verdict.reply = {454, "4.7.0", why + ". The password may be right; please try again later"};
  return verdict;
}

void Relay::save_memory() {
  Offers offers;
  for (const auto& upstream : upstreams_) {
    if (upstream->offered()) {
      offers[name_of(upstream->account().upstream)] = *upstream->offered();
    }
  }
  const auto failed = platform::write_atomically(memory_file_, write_offers(offers),
                                                 platform::FileMode::secret_0600);
  if (failed) {
    around_.log.write(platform::LogLevel::warning, "relay.memory_not_saved", "",
                      {{"file", memory_file_.string()}, {"detail", failed.message()}});
  }
}

asio::awaitable<void> Relay::keep_house() {
  while (!is_stopping_) {
    co_await stopping_.wait(house_round);
    const auto limit = is_stopping_ ? wire::Duration(0) : around_.settings.delivery.warm_for;
    for (auto& upstream : upstreams_) {
      co_await upstream->close_idle(limit);
      if (upstream->offer_has_changed()) save_memory();
    }
    if (others_) co_await others_(limit);
  }
}

void Relay::also_close(CloseIdle others) {
  others_ = std::move(others);
}

void Relay::stop() {
  is_stopping_ = true;
  stopping_.notify_all();
}

}  // namespace todoku::relay
