// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/fallbacks.hpp"

#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/keeping.hpp"

#include <optional>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

std::string_view host_part(std::string_view relay) {
  return relay.substr(0, relay.rfind(':'));
}

constexpr std::size_t most_added = 4'096;  // to a header by ourselves: Received, Date, Message-ID

}  // namespace

// Its connections are kept as an account's are, under an account of its own.
struct Fallbacks::One {
  One(const settings::Fallback& of, Surroundings& around)
      : fallback(of),
        account(account_of(of)),
        upstream(account, around),
        breaker(around.settings.delivery.retry),
        has_login(of.secret.empty()) {}

  static settings::Account account_of(const settings::Fallback& fallback) {
    settings::Account own;
    own.name = fallback.name;
    own.upstream = fallback.relay;
    return own;
  }

  const settings::Fallback& fallback;
  settings::Account account;
  Upstream upstream;
  delivery::Breaker breaker;
  delivery::DayCount today;
  smtp::Credentials credentials;
  std::optional<OwnSignature> signature;
  bool has_login;
  std::optional<bool> was_in_reach;  // as the last attempt showed
};

Fallbacks::Fallbacks(Surroundings& around) : around_(around), chance_(std::random_device{}()) {
  for (const auto& fallback : around.settings.fallbacks) {
    relays_.push_back(std::make_unique<One>(fallback, around));
  }
}

Fallbacks::~Fallbacks() = default;

const std::string& Fallbacks::name(std::size_t place) const {
  return relays_.at(place)->fallback.name;
}

std::optional<std::size_t> Fallbacks::place_of(std::string_view name) const {
  for (std::size_t place = 0; place < relays_.size(); ++place) {
    if (relays_[place]->fallback.name == name) return place;
  }
  return std::nullopt;
}

void Fallbacks::log_in_with(std::size_t place, smtp::Credentials credentials) {
  auto& one = *relays_.at(place);
  one.credentials = std::move(credentials);
  one.has_login = true;
}

void Fallbacks::sign_with(std::size_t place, OwnSignature signature) {
  relays_.at(place)->signature = std::move(signature);
}

std::optional<delivery::OwnKey> Fallbacks::own_key(std::size_t place) const {
  const auto& signature = relays_.at(place)->signature;
  if (!signature) return std::nullopt;
  return delivery::OwnKey{signature->signer.domain, signature->signer.selector,
                          signature->key.public_record()};
}

void Fallbacks::restore(const std::vector<store::SentBy>& sent) {
  for (auto& one : relays_) {
    // By its host: it may have been reached by another port (OP25B).
    const auto name = name_of(one->fallback.relay);
    const auto relay = host_part(name);
    one->today = {};
    for (const auto& each : sent) {
      if (host_part(each.relay) == relay) one->today.add(each.at);
    }
  }
}

std::vector<delivery::FallbackNow> Fallbacks::now_of_all() const {
  const auto at = now();
  std::vector<delivery::FallbackNow> all;
  for (const auto& one : relays_) {
    delivery::FallbackNow here;
    here.is_in_reach = one->has_login && one->breaker.lets_through(at);
    here.sent_today = one->today.count(at);
    all.push_back(here);
  }
  return all;
}

asio::awaitable<delivery::Verdict> Fallbacks::attempt(std::size_t place,
                                                      std::shared_ptr<submission::Outgoing> message,
                                                      store::Changes& changes) {
  auto& one = *relays_.at(place);
  one.breaker.begins(now());
  const auto let_go = [](submission::Outgoing* held) { held->front.clear(); };
  const std::unique_ptr<submission::Outgoing, decltype(let_go)> signed_here(message.get(), let_go);
  if (one.signature && !message->is_signed) co_await sign(one, message);
  auto verdict = co_await attempt_at(one.upstream, *message, one.credentials, around_.settings);
  learn(one, verdict, changes);
  log_outcome(*message, verdict, around_.log);
  co_return verdict;
}

// What cannot be read is found again, and told, when it is sent.
asio::awaitable<void> Fallbacks::sign(One& one, std::shared_ptr<submission::Outgoing> message) {
  const std::size_t most = around_.settings.smtp.max_header + most_added;
  auto field =
      co_await signature_field(*one.signature, message->body, most, around_.rooms.executor());
  if (field.has_value()) message->front = std::move(*field);
}

// A refused log-in is the administrator's to mend; until then every message would fare the same.
void Fallbacks::learn(One& one, const delivery::Verdict& verdict, store::Changes& changes) {
  const auto& attempt = verdict.attempt;
  if (verdict.state() == delivery::MessageState::sent) one.today.add(now());
  if (delivery::is_out_of_reach(attempt) || delivery::is_login_refused(attempt) ||
      attempt.obstacle == delivery::Obstacle::no_common_login) {
    const double chance = std::uniform_real_distribution<double>(0.0, 1.0)(chance_);
    one.breaker.out_of_reach(now(), chance);
    note_reach(one, attempt, false, changes);
  } else if (attempt.obstacle == delivery::Obstacle::given_up ||
             attempt.obstacle == delivery::Obstacle::local_trouble) {
    one.breaker.told_nothing();
  } else {
    one.breaker.reached();
    note_reach(one, attempt, true, changes);
  }
}

void Fallbacks::note_reach(One& one, const delivery::Attempt& attempt, bool is_in_reach,
                           store::Changes& changes) {
  if (one.was_in_reach == is_in_reach) return;
  one.was_in_reach = is_in_reach;
  changes.push_back(reach_of(name_of(one.fallback.relay), attempt, is_in_reach));
}

void Fallbacks::ask_at_once() {
  for (auto& one : relays_) one->breaker.ask_at_once(now());
}

asio::awaitable<void> Fallbacks::close_idle(std::chrono::steady_clock::duration limit) {
  for (auto& one : relays_) co_await one->upstream.close_idle(limit);
}

}  // namespace todoku::relay
