// SPDX-License-Identifier: Apache-2.0
// Builds, starts and stops the proxy.
#include "proxy/cli/proxy_assembly.hpp"

#include "proxy/cli/check_words.hpp"
#include "proxy/cli/load_words.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

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
  complete("spool", clear_spool());
  complete("recover", take_over());
  store::Changes relays;
  relays.push_back(paths_->all_relays());
  store_->write_behind(std::move(relays));
  if (auto failure = open_listeners()) return failure;
  start_rounds();
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

// About no single message.
void ProxyAssembly::keep_event(store::EventKind kind, EventParameters parameters) {
  store::StoredEvent event;
  event.at = relay::now();
  event.kind = kind;
  event.parameters = std::move(parameters);
  store::Changes changes;
  changes.push_back(store::AddEvent{std::move(event)});
  store_->write_behind(std::move(changes));
}

void ProxyAssembly::tell_of_move(const std::string& relay, const std::string& moved_to) {
  keep_event(store::EventKind::port_moved, {{"relay", relay}, {"moved_to", moved_to}});
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
