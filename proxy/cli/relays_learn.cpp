// SPDX-License-Identifier: Apache-2.0
// Reads the copy of a test mail, looks its signatures up, and hands the lesson to todoku serve.
#include "classifier/mail/line_ends.hpp"
#include "proxy/cli/asking.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/fallback_words.hpp"
#include "proxy/cli/look.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/cli/relays_test.hpp"
#include "proxy/delivery/relay_test.hpp"
#include "proxy/mailauth/dkim_verify.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/start.hpp"
#include "proxy/platform/atomic_file.hpp"
#include "proxy/platform/instance_lock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_of_a_copy = 4UL * 1024 * 1024;  // bytes; the test mail is a small one

asio::awaitable<void> verify(net::Resolver& resolver, mailauth::DkimVerification& verification) {
  co_await resolver.run(verification);
}

// The domains whose signatures are right. Without the DNS there are none.
std::vector<std::string> signers_of(std::string_view copy, const settings::Dns& dns) {
  const auto bytes = mail::with_crlf(copy);
  const auto header_end = bytes.find("\r\n\r\n");
  const auto body = header_end == std::string::npos ? bytes.size() : header_end + 4;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  mailauth::DkimVerification verification(bytes.substr(0, body), seconds);
  verification.add_body(std::string_view(bytes).substr(body));
  asio::io_context context(1);
  net::ResolverOptions options;
  options.servers = dns.servers;
  options.timeout = dns.timeout;
  auto resolver = net::Resolver::make(context.get_executor(), std::move(options));
  if (resolver.has_error()) return {};
  net::Rooms rooms(context.get_executor(), [](std::string_view, std::string_view) {});
  rooms.start("relays.learn", verify(**resolver, verification));
  while (rooms.alive() > 0 && context.run_one() > 0) {
  }
  std::vector<std::string> domains;
  for (const auto& outcome : verification.outcomes()) {
    if (outcome.result == mailauth::DkimResult::pass) domains.push_back(outcome.domain);
  }
  return domains;
}

// "relay.example.jp:587" without its port.
std::string host_of(const std::string& relay) {
  auto host = relay.substr(0, relay.rfind(':'));
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
  return host;
}

Problem problem_of(const char* key, int exit_code, explain::Parameters parameters = {}) {
  return {key, std::move(parameters), exit_code};
}

std::variant<delivery::RelayLesson, Problem> lesson_in(const RelaysOptions& options,
                                                       const RelayTools& tools,
                                                       store::Reader& reader) {
  const auto relays = reader.relays();
  if (relays.has_error()) return reader_problem(tools.state_dir, relays.error());
  const auto relay = std::ranges::find(*relays, options.name, &store::StoredRelay::fallback);
  if (relay == relays->end() || options.name.empty()) {
    std::string names;
    for (const auto& one : *relays) {
      if (!one.fallback.empty()) names += (names.empty() ? "" : ", ") + one.fallback;
    }
    return problem_of(names.empty() ? "relays.no_relay_set_up" : "relays.no_such_relay",
                      exit_no_input, {{"fallback", shown(options.name)}, {"names", shown(names)}});
  }
  const auto file = platform::read_small(options.file, most_of_a_copy);
  if (file.has_error()) {
    return problem_of("relays.learn_unreadable", exit_no_input,
                      {{"file", shown(options.file)}, {"problem", file.error().message()}});
  }
  std::string storage;
  const auto copy = mail::with_line_feeds(*file, storage);
  const auto test = delivery::relay_test_in(copy);
  if (!test || test->fallback != options.name) {
    return problem_of("relays.learn_no_test", exit_data,
                      {{"file", shown(options.file)}, {"fallback", shown(options.name)}});
  }
  return delivery::lesson_of(*test, copy, host_of(relay->name),
                             signers_of(copy, tools.settings.dns), tools.console.now);
}

std::string json_of(const delivery::RelayLesson& lesson, store::RequestOutcome outcome) {
  boost::json::object object;
  for (const auto& [name, text] : delivery::texts_of(lesson)) object[name] = text;
  object["rewrites_from"] = lesson.rewrites_from;
  object["keeps_message_id"] = lesson.keeps_message_id;
  object["outcome"] = store::to_string(outcome);
  return boost::json::serialize(object) + "\n";
}

int hand_over(const RelaysOptions& options, const RelayTools& tools, const Look& look,
              store::Reader& reader, const delivery::RelayLesson& lesson) {
  store::Request request;
  request.verb = store::Verb::learn;
  request.message_id = lesson.fallback;
  request.corrections = delivery::texts_of(lesson);
  const auto number = reader.ask(request);
  auto outcome = Result<store::RequestOutcome>(store::RequestOutcome::pending);
  if (number.has_value() && look.is_running) {
    outcome = wait_for_outcome(reader, *number, tools.console);
  }
  if (number.has_error() || outcome.has_error()) {
    const auto failed = number.has_error() ? number.error() : outcome.error();
    const auto problem = reader_problem(tools.state_dir, failed);
    tools.console.error << told(look, problem.key, problem.parameters);
    return problem.exit_code;
  }
  if (options.json) {
    tools.console.out << json_of(lesson, *outcome);
    return exit_ok;
  }
  tools.console.out << lesson_text(look, lesson, 0);
  const bool is_done = *outcome == store::RequestOutcome::done;
  tools.console.out << told(look, is_done ? "relays.learned" : "relays.learned_later");
  return exit_ok;
}

}  // namespace

int run_relays_learn(const RelaysOptions& options, const RelayTools& tools) {
  Look look{tools.catalog, tools.console.columns, tools.console.has_colour, tools.console.now};
  look.is_running = platform::InstanceLock::is_held(tools.state_dir);
  const auto tell = [&](const Problem& problem) {
    tools.console.error << told(look, problem.key, problem.parameters);
    return problem.exit_code;
  };
  auto opened = open_reader(tools.state_dir, tools.sealer);
  if (const auto* problem = std::get_if<Problem>(&opened)) return tell(*problem);
  auto& reader = *std::get<std::unique_ptr<store::Reader>>(opened);
  const auto lesson = lesson_in(options, tools, reader);
  if (const auto* problem = std::get_if<Problem>(&lesson)) return tell(*problem);
  return hand_over(options, tools, look, reader, std::get<delivery::RelayLesson>(lesson));
}

}  // namespace todoku::cli
