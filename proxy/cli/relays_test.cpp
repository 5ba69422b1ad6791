// SPDX-License-Identifier: Apache-2.0
// Sends the test mail: the same way as mail of the queue goes, with the same signature.
#include "proxy/cli/relays_test.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/fallback_logins.hpp"
#include "proxy/cli/look.hpp"
#include "proxy/delivery/from_address.hpp"
#include "proxy/delivery/message_id.hpp"
#include "proxy/delivery/relay_test.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/platform/paths.hpp"
#include "proxy/store/spool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <random>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_of_a_body = 64UL * 1024;  // bytes; the test mail is a small one
constexpr std::chrono::seconds no_warm_ones{0};

// What is sent, and what became of it.
struct Sending {
  delivery::RelayTest test;
  std::string to;
  std::string id;
  bool has_login = false;
  delivery::Verdict verdict;
};

int tell(const RelayTools& tools, const char* key, int exit_code,
         const explain::Parameters& parameters = {}) {
  const Look look{tools.catalog, tools.console.columns, tools.console.has_colour,
                  tools.console.now};
  (exit_code == exit_ok ? tools.console.out : tools.console.error) << told(look, key, parameters);
  return exit_code;
}

std::string names_of(const settings::Settings& settings) {
  std::string names;
  for (const auto& fallback : settings.fallbacks) {
    names += (names.empty() ? "" : ", ") + fallback.name;
  }
  return names;
}

// Who it is from: as given, else the log-in name at the relay where that is an address.
std::string sender_for(const RelaysOptions& options, const settings::Fallback& fallback) {
  if (options.from) return *options.from;
  const auto& user = fallback.relay.user;
  return delivery::domain_of(user).empty() ? std::string() : user;
}

std::string in_sentence(const RelayTools& tools, const char* key, const Sending& sending) {
  return tools.catalog.render(
      key, {{"fallback", shown(sending.test.fallback)}, {"from", shown(sending.test.from)}});
}

std::shared_ptr<submission::Outgoing> message_for(const Sending& sending, const RelayTools& tools,
                                                  const settings::Account& account,
                                                  asio::any_io_executor executor,
                                                  store::Spool& spool) {
  const delivery::RelayTestWords words{in_sentence(tools, "relays.test_subject", sending),
                                       in_sentence(tools, "relays.test_text", sending)};
  auto bytes = delivery::relay_test_mail(sending.test, sending.to, words, tools.console.now);
  auto message = std::make_shared<submission::Outgoing>();
  message->id = sending.id;
  message->account = &account;
  message->envelope.sender = sending.test.from;
  message->envelope.recipients.push_back({sending.to, "", ""});
  message->from_address = sending.test.from;
  message->body = store::Body::of_bytes(std::move(executor), spool, sending.id, std::move(bytes));
  return message;
}

asio::awaitable<void> carry(relay::Fallbacks& fallbacks, FallbackLogins& logins,
                            std::shared_ptr<submission::Outgoing> message, Sending& sending) {
  sending.has_login = co_await logins.look();
  if (!sending.has_login) co_return;
  store::Changes unused;
  sending.verdict = co_await fallbacks.attempt(0, message, unused);
  co_await fallbacks.close_idle(no_warm_ones);
}

// The settings have one fallback only, and wait for nobody.
std::optional<error_code> send(Sending& sending, const RelayTools& tools,
                               const settings::Settings& settings) {
  asio::io_context context(1);
  auto tls = net::ClientTls::make(settings.upstream_ca);
  if (tls.has_error()) return tls.error();
  auto spool = store::Spool::open(tools.state_dir, most_of_a_body, most_of_a_body);
  if (spool.has_error()) return spool.error();
  platform::Log log(platform::LogFormat::text, platform::LogLevel::error);
  net::Rooms rooms(context.get_executor(), [&log](std::string_view room, std::string_view what) {
    log.write(platform::LogLevel::error, "bug", "", {{"room", room}, {"what", what}});
  });
  relay::Surroundings around{settings, **tls, rooms, log, sending.id};
  relay::Fallbacks fallbacks(around);
  FallbackLogins logins(context.get_executor(), tools.state_dir, settings, fallbacks, log);
  const settings::Account account;
  rooms.start(
      "relay.test",
      carry(fallbacks, logins,
            message_for(sending, tools, account, context.get_executor(), **spool), sending));
  context.run();
  return std::nullopt;
}

std::string json_of(const Sending& sending) {
  const auto& reply = sending.verdict.attempt.reply;
  const bool is_sent = sending.verdict.state() == delivery::MessageState::sent;
  return boost::json::serialize(
             boost::json::object{{"fallback", sending.test.fallback},
                                 {"from", sending.test.from},
                                 {"to", sending.to},
                                 {"message_id", sending.test.message_id},
                                 {"sent", is_sent},
                                 {"reply", smtp::cleaned(smtp::to_line(reply), most_of_a_body)}}) +
         "\n";
}

int report(const Sending& sending, const RelayTools& tools, const settings::Fallback& fallback,
           const RelaysOptions& options) {
  const auto& attempt = sending.verdict.attempt;
  explain::Parameters told{{"fallback", shown(fallback.name)},
                           {"to", shown(sending.to)},
                           {"reply", shown(smtp::to_line(attempt.reply))},
                           {"detail", shown(delivery::trouble_in_words(attempt))}};
  const auto place = place_options(options.config, options.state_dir);
  if (!sending.has_login) {
    const bool lacks_password = !fallback.secret.empty();
    const auto secret = shown(lacks_password ? fallback.secret : fallback.dkim_secret);
    told.emplace_back("secret", secret);
    told.emplace_back("command", "todoku secret set " + secret + place);
    return tell(tools, "relays.test_no_secret", exit_config, told);
  }
  const bool is_sent = sending.verdict.state() == delivery::MessageState::sent;
  if (options.json) {
    tools.console.out << json_of(sending);
    return is_sent ? exit_ok : exit_unavailable;
  }
  if (!is_sent) {
    return tell(tools, "relays.test_refused", exit_unavailable, told);
  }
  told.emplace_back("command", "todoku relays learn " + fallback.name + " FILE.eml" + place);
  return tell(tools, "relays.test_sent", exit_ok, told);
}

}  // namespace

int run_relays_test(const RelaysOptions& options, const RelayTools& tools) {
  const auto& fallbacks = tools.settings.fallbacks;
  const auto found = std::ranges::find(fallbacks, options.name, &settings::Fallback::name);
  if (found == fallbacks.end()) {
    return tell(tools, fallbacks.empty() ? "relays.no_relay_set_up" : "relays.no_such_relay",
                exit_no_input,
                {{"fallback", shown(options.name)}, {"names", shown(names_of(tools.settings))}});
  }
  if (const auto failed = platform::make_private_dir(tools.state_dir)) {
    return tell(tools, "relays.test_failed", exit_cannot_create, {{"detail", failed.message()}});
  }
  Sending sending;
  std::random_device chance;
  sending.id = delivery::make_message_id(tools.console.now, chance());
  sending.test.fallback = found->name;
  sending.test.from = sender_for(options, *found);
  sending.to = options.to.value_or(sending.test.from);
  const auto domain = delivery::domain_of(sending.test.from);
  if (domain.empty() || delivery::domain_of(sending.to).empty()) {
    return tell(tools, "relays.test_no_sender", exit_usage);
  }
  sending.test.message_id = "<" + sending.id + ".todoku@" + std::string(domain) + ">";
  auto settings = tools.settings;
  settings.fallbacks = {*found};
  if (const auto failed = send(sending, tools, settings)) {
    return tell(tools, "relays.test_failed", exit_io, {{"detail", failed->message()}});
  }
  return report(sending, tools, *found, options);
}

}  // namespace todoku::cli
