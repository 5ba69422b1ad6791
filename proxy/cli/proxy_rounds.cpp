// SPDX-License-Identifier: Apache-2.0
// What the proxy does by itself from time to time, beside the mail that passes.
#include "proxy/cli/proxy_assembly.hpp"

#include <algorithm>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr wire::Duration certificate_round = std::chrono::hours(12);
constexpr wire::Duration key_round{15'000};
constexpr wire::Duration first_alignment{30'000};  // the network may come after us
constexpr wire::Duration journal_round{5'000};
constexpr wire::Duration counts_round{10'000};
constexpr wire::Duration network_settles{1'000};
constexpr wire::Duration prune_round = std::chrono::minutes(10);

}  // namespace

void ProxyAssembly::start_rounds() {
  rooms_.start("relay.house", relay_->keep_house());
  rooms_.start("queue", queue_->run());
  rooms_.start("fallback.logins", find_fallback_logins());
  rooms_.start("fallback.alignment", check_alignment());
  rooms_.start("store.prune", prune_in_time());
  rooms_.start("store.key", wait_for_key());
  rooms_.start("journal", shorten_journal());
  rooms_.start("facts.providers", facts_->load_providers());
  rooms_.start("facts.counts", keep_counts());
  network_ = std::make_unique<net::NetworkWatch>(rooms_.executor());
  rooms_.start("network", watch_network());
  rooms_.start("certificate", renew_certificate());
}

// While the system's key store is locked, mail goes out as long as the upstream is in reach; what
// waits from earlier runs waits on.
asio::awaitable<void> ProxyAssembly::wait_for_key() {
  while (!is_stopping_ && !sealing_->is_lasting()) {
    co_await stopping_.wait(key_round);
    if (is_stopping_) co_return;
    const bool is_there = co_await sealing_->look();
    if (!is_there) continue;
    use_key();
    log_.write(platform::LogLevel::info, "store.key_unlocked", "", {});
    co_await take_over();
    queue_->wake();
  }
}

// A cable, a wireless network, a VPN or the network after sleep: waiting mail may go now.
asio::awaitable<void> ProxyAssembly::watch_network() {
  while (true) {
    const bool is_added = co_await network_->next_addition();
    if (!is_added) co_return;
    // Addresses and routes come one after the other; the last of them makes the path.
    co_await net::pause(rooms_.executor(), network_settles);
    if (resolver_) resolver_->refresh();
    path_facts_->network_has_changed();
    queue_->network_is_back();
  }
}

// Also when a password is entered, or the password store unlocked, later.
asio::awaitable<void> ProxyAssembly::find_fallback_logins() {
  while (!is_stopping_) {
    const bool is_complete = co_await fallback_logins_->look();
    if (is_complete) co_return;
    co_await stopping_.wait(key_round);
  }
}

asio::awaitable<void> ProxyAssembly::keep_counts() {
  while (!is_stopping_) {
    co_await stopping_.wait(counts_round);
    facts_->keep_counts();
  }
}

// Policies in the DNS change, and so do the addresses of relays.
asio::awaitable<void> ProxyAssembly::check_alignment() {
  const auto own_key = [this](std::size_t place) { return paths_->fallbacks().own_key(place); };
  const std::function<std::optional<delivery::OwnKey>(std::size_t)> key_of = own_key;
  auto wait = std::min<wire::Duration>(first_alignment, settings_.delivery.alignment_check);
  while (!settings_.fallbacks.empty()) {
    co_await alignment_due_.wait(wait);
    if (is_stopping_) co_return;
    co_await path_facts_->check_all(key_of);
    wait = settings_.delivery.alignment_check;
  }
}

asio::awaitable<void> ProxyAssembly::shorten_journal() {
  while (!is_stopping_) {
    co_await stopping_.wait(journal_round);
    co_await acceptance_->shorten_journal();
  }
}

// Sent copies and history that are old enough are removed, a little at a time.
asio::awaitable<void> ProxyAssembly::prune_in_time() {
  while (!is_stopping_) {
    const store::Store::Limits limits{settings_.store.keep_sent, settings_.store.keep_sent_bytes,
                                      settings_.store.keep_history};
    const auto gone = co_await store_->prune(limits, relay::now());
    if (gone.has_value()) {
      for (const auto& id : *gone) spool_->remove(id);
    }
    co_await stopping_.wait(prune_round);
  }
}

// Looks twice a day whether the certificate is near its end; the making itself is the worker's.
asio::awaitable<void> ProxyAssembly::renew_certificate() {
  while (!is_stopping_) {
    co_await stopping_.wait(certificate_round);
    if (is_stopping_) co_return;
    Result<net::CertificateFiles> made = error_code();
    const auto now = std::chrono::system_clock::now();
    std::function<void()> work = [this, &made, now] {
      made = net::ensure_certificate(state_dir_, now);
    };
    co_await worker_.run(work);
    if (made.has_error()) {
      log_.write(platform::LogLevel::error, "certificate.not_renewed", "",
                 {{"detail", made.error().message()}});
    } else if (made->was_made) {
      certificate_ = *made;
      server_tls_->reload(made->certificate, made->key);
      log_.write(platform::LogLevel::warning, "certificate.renewed", "",
                 {{"sha256", made->fingerprint}});
    }
  }
}

}  // namespace todoku::cli
