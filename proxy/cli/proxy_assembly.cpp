// SPDX-License-Identifier: Apache-2.0
// Builds, starts and stops the proxy.
#include "proxy/cli/proxy_assembly.hpp"

#include "proxy/cli/check_words.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/platform/paths.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <random>
#include <set>
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
// For last answers to clients, and again for QUIT to the relays. With the stop limit of 8 s this
// stays below the 10 s after which a service manager kills.
constexpr wire::Duration last_limit{700};
constexpr int hurry_rounds = 4;

// A token of this process, by which a proxy that is connected to itself notices.
std::string make_instance() {
  std::random_device chance;
  constexpr char digits[] = "0123456789abcdef";
  std::string token(12, '0');
  for (auto& digit : token) digit = digits[chance() % 16];
  return token;
}

}  // namespace

ProxyAssembly::ProxyAssembly(asio::io_context& context, const settings::Settings& settings,
                             platform::Log& log, const explain::Catalog& catalog)
    : context_(context),
      settings_(settings),
      log_(log),
      catalog_(catalog),
      lists_(load_check_lists()),
      rooms_(context.get_executor(),
             [&log](std::string_view room, std::string_view what) {
               log.write(platform::LogLevel::error, "bug", "", {{"room", room}, {"what", what}});
             }),
      stopping_(context.get_executor()),
      alignment_due_(context.get_executor()) {}

ProxyAssembly::~ProxyAssembly() = default;

std::string ProxyAssembly::say(std::string_view key, const explain::Parameters& parameters) const {
  return catalog_.render(key, parameters);
}

std::optional<StartFailure> ProxyAssembly::start() {
  // Until the listeners are there, the loop could run out of work and stop for good.
  const auto starting = asio::make_work_guard(context_);
  if (auto failure = prepare_state_dir()) return failure;
  if (auto failure = prepare_tls()) return failure;
  complete("key", find_key());
  if (auto failure = open_store()) return failure;
  build_rooms();
  complete("recover", take_over());
  store::Changes relays;
  relays.push_back(paths_->all_relays());
  store_->write_behind(std::move(relays));
  if (auto failure = open_listeners()) return failure;
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
  return std::nullopt;
}

std::optional<StartFailure> ProxyAssembly::open_store() {
  auto spool = store::Spool::open(state_dir_, settings_.store.memory_body,
                                  settings_.store.max_spool, sealing_->sealer());
  if (spool.has_error()) return state_dir_problem(spool.error());
  spool_ = std::move(*spool);
  store::StoreOptions options;
  options.state_dir = state_dir_;
  options.sealer = sealing_->sealer();
  auto opened = store::Store::open(rooms_.executor(), std::move(options));
  if (opened.has_error()) return state_dir_problem(opened.error());
  store_ = std::move(*opened);
  store_->on_failure([this](error_code why, const std::string& detail) {
    log_.write(platform::LogLevel::error, "store.not_written", "",
               {{"problem", why.message()}, {"detail", detail}});
  });
  auto journal = store::Journal::open(state_dir_);
  if (journal.has_error()) return state_dir_problem(journal.error());
  journal_ = std::move(*journal);
  auto logins = store::VerifiedLogins::open(state_dir_, worker_);
  if (logins.has_error()) return state_dir_problem(logins.error());
  logins_ = std::move(*logins);
  use_key();
  return std::nullopt;
}

void ProxyAssembly::build_rooms() {
  const auto instance = make_instance();
  const auto say_sentence = [this](const delivery::Sentence& sentence) {
    const bool is_finding = sentence.key.starts_with("finding.");
    return say(sentence.key,
               is_finding ? readable_finding(catalog_, sentence.parameters) : sentence.parameters);
  };
  const auto dns = [this] { return resolver(); };
  build_facts();
  keeping_.emplace(relay::Keeping{*store_, *spool_, *journal_, say_sentence});
  relay_around_.emplace(relay::Surroundings{settings_, *client_tls_, rooms_, log_, instance});
  relay_around_->on_moved = [this](const std::string& relay, const std::string& moved_to) {
    tell_of_move(relay, moved_to);
  };
  relay_ =
      std::make_unique<relay::Relay>(*relay_around_, state_dir_ / "upstream-offers", logins_.get());
  path_facts_ = std::make_unique<ProxyPathFacts>(settings_, worker_, log_, dns);
  path_facts_->on_alignment([this](const delivery::AlignmentRecord& record, bool is_change) {
    keep_alignment(record, is_change);
  });
  path_facts_->on_lesson([this] { alignment_due_.notify_all(); });
  paths_ = std::make_unique<relay::Paths>(*relay_around_, *relay_, *path_facts_);
  fallback_logins_ = std::make_unique<FallbackLogins>(rooms_.executor(), state_dir_, settings_,
                                                      paths_->fallbacks(), log_);
  queue_ = std::make_unique<relay::Queue>(*relay_around_, *relay_, *paths_, *keeping_);
  acceptance_ = std::make_unique<relay::Acceptance>(*relay_around_, *relay_, *queue_, *keeping_);
  relay_->on_login([this](const settings::Account& account, const std::string& user) {
    queue_->login_known(account, user);
  });
  relay_->also_close([this](std::chrono::steady_clock::duration limit) {
    return paths_->fallbacks().close_idle(limit);
  });
  submission_ = std::make_unique<submission::Room>(
      submission::Surroundings{settings_, *acceptance_, *relay_, *spool_, server_tls_.get(), rooms_,
                               log_, instance, say_sentence, &*checking_});
}

void ProxyAssembly::build_facts() {
  gate_.emplace(settings_.checks, lists_, submission::KnownClients(state_dir_ / "mail-clients"));
  facts::Surroundings around{settings_, rooms_, worker_, log_, *store_, {}, {}, {}, {}, {}, {}};
  around.make_checker = [] { return load_checker(true); };
  around.load_providers = load_providers;
  around.resolver = [this] { return resolver(); };
  around.size_of_upstream = [this](const settings::Account& account) {
    return relay_->size_limit(account);
  };
  around.size_limit_in = [this](delivery::Attempt attempt) {
    return path_facts_->size_limit_in(std::move(attempt));
  };
  around.scanner = make_scanner();
  facts_.emplace(std::move(around));
  checking_.emplace(submission::Checking{*gate_, *facts_});
  store_->on_change([this](const store::Change& change) { facts_->note(change); });
}

facts::Scanner ProxyAssembly::make_scanner() {
  facts::Scanner scanner;
  const auto& place = settings_.checks.virus_scanner;
  if (place.empty()) return scanner;
  scanner.limit = settings_.checks.virus_scan_limit;
  clamd_.emplace(rooms_.executor(), log_, place, scanner.limit);
  scanner.scan = [this](std::shared_ptr<store::Body> body, std::uint64_t size) {
    return clamd_->scan(std::move(body), size);
  };
  return scanner;
}

// Made with the first question; null = the system's settings cannot be read.
net::Resolver* ProxyAssembly::resolver() {
  if (resolver_) return resolver_.get();
  net::ResolverOptions options;
  options.servers = settings_.dns.servers;
  options.timeout = settings_.dns.timeout;
  options.longest = settings_.dns.longest;
  auto made = net::Resolver::make(rooms_.executor(), std::move(options));
  if (made.has_error()) {
    log_.write(platform::LogLevel::warning, "dns.not_usable", "",
               {{"detail", made.error().message()}});
    return nullptr;
  }
  resolver_ = std::move(*made);
  return resolver_.get();
}

void ProxyAssembly::complete(std::string_view name, asio::awaitable<void> task) {
  bool is_done = false;
  rooms_.start(name, finish(std::move(task), is_done));
  while (!is_done && context_.run_one() > 0) {
  }
}

asio::awaitable<void> ProxyAssembly::finish(asio::awaitable<void> task, bool& is_done) {
  const auto mark = [](bool* done) { *done = true; };
  const std::unique_ptr<bool, decltype(mark)> marked(&is_done, mark);  // also after an exception
  co_await std::move(task);
}

asio::awaitable<void> ProxyAssembly::find_key() {
  sealing_ = std::make_unique<Sealing>(rooms_.executor(), state_dir_, log_);
  if (!settings_.store.encrypt) {
    co_await sealing_->use_none();
    co_return;
  }
  co_await sealing_->look();
}

// Also when the key store was unlocked later.
void ProxyAssembly::use_key() {
  const bool is_lasting = sealing_->is_lasting();
  spool_->use_sealer(sealing_->sealer(),
                     is_lasting ? store::KeyLife::lasting : store::KeyLife::this_run);
  store_->use_sealer(sealing_->sealer());
  store_->lock_key(!is_lasting);
}

asio::awaitable<void> ProxyAssembly::take_over() {
  const auto kept = co_await store_->bodies_in_files();
  if (kept.has_value() && !store_->recovery().was_damaged) {
    const std::set<std::string> ids(kept->begin(), kept->end());
    spool_->remove_all_but(ids);
  }
  // What was sealed with the real key cannot be read yet: later, when it is there.
  if (!sealing_->is_lasting()) co_return;
  auto paths = co_await store_->paths();
  if (paths.has_value()) store_->write_behind(paths_->book().restore(std::move(*paths)));
  auto facts = co_await store_->relay_facts();
  if (facts.has_value()) path_facts_->restore(std::move(*facts));
  co_await count_todays();
  co_await acceptance_->recover();
  co_await queue_->recover();
  rooms_.start("facts.recall", facts_->recall());
}

// A limit of messages a day holds across restarts, too.
asio::awaitable<void> ProxyAssembly::count_todays() {
  const auto has_limit = [](const auto& fallback) { return fallback.messages_per_day > 0; };
  if (std::ranges::none_of(settings_.fallbacks, has_limit)) co_return;
  const auto since = relay::now() - std::chrono::hours(24);
  const auto sent = co_await store_->sent_since(since, settings_.delivery.max_age);
  if (sent.has_value()) paths_->fallbacks().restore(*sent);
}

void ProxyAssembly::tell_of_move(const std::string& relay, const std::string& moved_to) {
  store::StoredEvent event;
  event.at = relay::now();
  event.kind = store::EventKind::port_moved;
  event.parameters = {{"relay", relay}, {"moved_to", moved_to}};
  store::Changes changes;
  changes.push_back(store::AddEvent{std::move(event)});
  store_->write_behind(std::move(changes));
}

// What todoku relays shows; a change is told.
void ProxyAssembly::keep_alignment(const delivery::AlignmentRecord& record, bool is_change) {
  store::Changes changes;
  changes.push_back(store::PutAlignment{record});
  if (is_change) {
    store::StoredEvent event;
    event.at = record.at;
    event.kind = store::EventKind::alignment_changed;
    event.parameters = delivery::texts_of(record);
    changes.push_back(store::AddEvent{std::move(event)});
    log_.write(
        platform::LogLevel::warning, "fallback.alignment_changed", "",
        {{"fallback", record.fallback}, {"domain", record.from_domain}, {"result", record.reason}});
  }
  store_->write_behind(std::move(changes));
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

std::optional<StartFailure> ProxyAssembly::prepare_state_dir() {
  state_dir_ = settings_.state_dir.empty() ? platform::default_state_dir()
                                           : std::filesystem::path(settings_.state_dir);
  if (const auto failed = platform::make_private_dir(state_dir_)) return state_dir_problem(failed);
  int holder = 0;
  auto lock = platform::InstanceLock::take(state_dir_, &holder);
  if (lock.has_error()) return state_dir_problem(lock.error());
  if (!*lock) {
    return StartFailure{exit_try_later,
                        say("serve.state_dir_locked", {{"pid", std::to_string(holder)}})};
  }
  lock_.emplace(std::move(**lock));
  return std::nullopt;
}

std::optional<StartFailure> ProxyAssembly::prepare_tls() {
  auto roots = net::ClientTls::make(settings_.upstream_ca);
  if (roots.has_error()) {
    return StartFailure{exit_no_input,
                        say("serve.upstream_ca_problem", {{"file", settings_.upstream_ca},
                                                          {"problem", roots.error().message()}})};
  }
  client_tls_ = std::move(*roots);
  auto made = net::ensure_certificate(state_dir_, std::chrono::system_clock::now());
  if (made.has_value()) {
    auto context = net::ServerTls::from_files(made->certificate, made->key);
    if (context.has_value()) {
      certificate_ = std::move(*made);
      server_tls_ = std::move(*context);
      return std::nullopt;
    }
    made = context.error();
  }
  return StartFailure{exit_cannot_create,
                      say("serve.certificate_problem", {{"directory", state_dir_.string()},
                                                        {"problem", made.error().message()}})};
}

StartFailure ProxyAssembly::state_dir_problem(error_code why) const {
  return {exit_cannot_create, say("serve.state_dir_problem", {{"directory", state_dir_.string()},
                                                              {"problem", why.message()}})};
}

StartFailure ProxyAssembly::cannot_listen(const settings::ServerUrl& url, error_code why) const {
  const auto free_port =
      std::to_string(net::free_port_near(std::max<std::uint16_t>(url.port, 1024)));
  const auto port = std::to_string(url.port);
  const auto* scheme = url.scheme == settings::Scheme::submissions ? "submissions" : "submission";
  const auto option = "--listen " + std::string(scheme) + "://127.0.0.1:" + free_port;
  if (why == asio::error::address_in_use) {
    const auto owner = net::owner_of_port(url.port);
    const auto* key = owner.empty() ? "serve.port_taken_by_unknown" : "serve.port_taken";
    return {
        exit_unavailable,
        say(key, {{"port", port}, {"owner", owner}, {"option", option}, {"free_port", free_port}})};
  }
  if (why == asio::error::access_denied) {
    return {exit_no_permission,
            say("serve.port_not_allowed", {{"port", port}, {"option", option}})};
  }
  return {exit_unavailable, say("serve.listen_failed", {{"listen", settings::to_string(url)},
                                                        {"problem", why.message()}})};
}

std::optional<StartFailure> ProxyAssembly::open_listeners() {
  for (const auto& url : settings_.listen) {
    auto listener = net::Listener::open(rooms_.executor(), url.host, url.port);
    if (listener.has_error()) return cannot_listen(url, listener.error());
    const auto port = listener->port();
    const bool is_implicit = url.scheme == settings::Scheme::submissions;
    if (!is_implicit && plain_port_ == 0) plain_port_ = port;
    log_.write(platform::LogLevel::info, "listening", "",
               {{"url", settings::to_string(url)}, {"port", std::int64_t{port}}});
    submission_->open(std::move(*listener), is_implicit ? submission::Room::Entrance::implicit_tls
                                                        : submission::Room::Entrance::starttls);
  }
  return std::nullopt;
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

asio::awaitable<void> ProxyAssembly::stop() {
  log_.write(platform::LogLevel::info, "stopping", "", {});
  is_stopping_ = true;
  stopping_.notify_all();
  alignment_due_.notify_all();
  if (submission_) {
    submission_->stop();
    const bool is_empty = co_await submission_->wait_until_empty(settings_.stop_limit);
    if (!is_empty) {
      log_.write(platform::LogLevel::warning, "stopped_while_busy", "", {});
      // More than once: a session that was waiting for its relay listens to its client again.
      for (int round = 0; round < hurry_rounds; ++round) {
        submission_->hurry();
        co_await submission_->wait_until_empty(last_limit / hurry_rounds);
      }
    }
  }
  if (network_) network_->close();
  if (queue_) queue_->stop();
  if (relay_) relay_->stop();
  if (resolver_) resolver_->give_up();
  if (facts_) facts_->keep_counts();
  co_await rooms_.wait_until_empty(last_limit);
}

}  // namespace todoku::cli
