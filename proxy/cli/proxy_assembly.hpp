// SPDX-License-Identifier: Apache-2.0
#pragma once

// The proxy as one object: builds every room from the settings, hands them to each other, starts
// and stops them in order. Used by serve and by demo. No decision about mail lives here. I/O
// thread.
#include "classifier/explain/messages.hpp"
#include "proxy/checks/lists.hpp"
#include "proxy/cli/fallback_logins.hpp"
#include "proxy/cli/path_facts.hpp"
#include "proxy/cli/sealing.hpp"
#include "proxy/facts/gatherer.hpp"
#include "proxy/net/certificate.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/net/network_watch.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/platform/instance_lock.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/relay/acceptance.hpp"
#include "proxy/relay/queue.hpp"
#include "proxy/relay/relay.hpp"
#include "proxy/scanner/clamd.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/body.hpp"
#include "proxy/store/journal.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/verified_logins.hpp"
#include "proxy/submission/gate.hpp"
#include "proxy/submission/room.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace todoku::cli {

// Why the proxy could not start: an exit code of sysexits.h and a sentence for people.
struct StartFailure {
  int exit_code = 0;
  std::string text;
};

class ProxyAssembly {
 public:
  // context, settings, log and catalog outlive the assembly.
  ProxyAssembly(boost::asio::io_context& context, const settings::Settings& settings,
                platform::Log& log, const explain::Catalog& catalog);
  ~ProxyAssembly();

  // Makes the state directory, takes the lock, loads or makes the certificate, opens all listeners.
  std::optional<StartFailure> start();
  // Ends what is under way within the settings' stop limit, then everything.
  boost::asio::awaitable<void> stop();

  [[nodiscard]] net::Rooms& rooms() { return rooms_; }
  // The first clear-text or STARTTLS listener's port; 0 = none.
  [[nodiscard]] std::uint16_t plain_port() const { return plain_port_; }
  [[nodiscard]] const net::CertificateFiles& certificate() const { return certificate_; }
  // What the last run left in the queue.
  [[nodiscard]] const store::Recovery& recovery() const { return store_->recovery(); }

 private:
  std::optional<StartFailure> prepare_state_dir();
  std::optional<StartFailure> prepare_tls();
  std::optional<StartFailure> open_store();
  std::optional<StartFailure> open_listeners();
  void build_rooms();
  void build_facts();
  void start_rounds();
  facts::Scanner make_scanner();
  // Runs the context until this is done; before anything else runs.
  void complete(std::string_view name, boost::asio::awaitable<void> task);
  boost::asio::awaitable<void> finish(boost::asio::awaitable<void> task, bool& is_done);
  boost::asio::awaitable<void> find_key();
  using EventParameters = std::vector<std::pair<std::string, std::string>>;
  void keep_event(store::EventKind kind, EventParameters parameters);
  void tell_of_damage(const std::string& file);
  boost::asio::awaitable<void> clear_spool();
  boost::asio::awaitable<void> take_over();
  boost::asio::awaitable<void> wait_for_key();
  void use_key();
  net::Resolver* resolver();
  void tell_of_move(const std::string& relay, const std::string& moved_to);
  void keep_alignment(const delivery::AlignmentRecord& record, bool is_change);
  boost::asio::awaitable<void> prune_in_time();
  boost::asio::awaitable<void> shorten_journal();
  boost::asio::awaitable<void> keep_counts();
  boost::asio::awaitable<void> watch_network();
  boost::asio::awaitable<void> find_fallback_logins();
  boost::asio::awaitable<void> check_alignment();
  boost::asio::awaitable<void> count_todays();
  StartFailure cannot_listen(const settings::ServerUrl& url, error_code why) const;
  StartFailure state_dir_problem(error_code why) const;
  boost::asio::awaitable<void> renew_certificate();
  std::string say(std::string_view key, const explain::Parameters& parameters) const;

  boost::asio::io_context& context_;
  const settings::Settings& settings_;
  platform::Log& log_;
  const explain::Catalog& catalog_;
  const checks::Lists lists_;
  net::Rooms rooms_;
  net::Worker worker_;
  std::filesystem::path state_dir_;
  std::optional<platform::InstanceLock> lock_;
  net::CertificateFiles certificate_;
  std::unique_ptr<net::ServerTls> server_tls_;
  std::unique_ptr<net::ClientTls> client_tls_;
  std::unique_ptr<Sealing> sealing_;
  std::unique_ptr<store::Spool> spool_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<store::VerifiedLogins> logins_;
  std::optional<relay::Keeping> keeping_;
  std::optional<relay::Surroundings> relay_around_;
  std::unique_ptr<relay::Relay> relay_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<ProxyPathFacts> path_facts_;
  std::unique_ptr<relay::Paths> paths_;
  std::unique_ptr<FallbackLogins> fallback_logins_;
  std::unique_ptr<relay::Queue> queue_;
  std::unique_ptr<relay::Acceptance> acceptance_;
  std::optional<submission::Gate> gate_;
  std::optional<scanner::Clamd> clamd_;  // empty = no scanner is set
  std::optional<facts::Gatherer> facts_;
  std::optional<submission::Checking> checking_;
  std::unique_ptr<submission::Room> submission_;
  std::unique_ptr<net::NetworkWatch> network_;
  net::Signal stopping_;
  net::Signal alignment_due_;
  bool is_stopping_ = false;
  std::uint16_t plain_port_ = 0;
};

}  // namespace todoku::cli
