// SPDX-License-Identifier: Apache-2.0
// Starts the proxy, says that it is ready, and waits for the end.
#include "proxy/cli/serve.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/proxy_assembly.hpp"
#include "proxy/cli/signals.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

// For the person at the terminal; programs read the log.
void say(const std::string& sentence) {
  std::printf("%s\n", sentence.c_str());
  std::fflush(stdout);
}

platform::LogLevel level_of(settings::LogLevel level) {
  switch (level) {
    case settings::LogLevel::debug:
      return platform::LogLevel::debug;
    case settings::LogLevel::info:
      return platform::LogLevel::info;
    case settings::LogLevel::warning:
      return platform::LogLevel::warning;
    case settings::LogLevel::error:
      return platform::LogLevel::error;
  }
  return platform::LogLevel::info;
}

void tell_what_waits_for_later(const settings::Settings& settings, platform::Log& log) {
  const auto tell = [&log](std::string_view key) {
    log.write(platform::LogLevel::warning, "setting.not_acted_on_yet", "", {{"key", key}});
  };
  if (settings.mailbox) tell("mailbox");
  if (!settings.api.empty()) tell("api");
}

void greet(const settings::Settings& settings, const ProxyAssembly& proxy,
           const explain::Catalog& catalog) {
  std::string listen;
  for (const auto& url : settings.listen) {
    listen += (listen.empty() ? "" : ", ") + settings::to_string(url);
  }
  std::string upstream;
  for (const auto& account : settings.accounts) {
    const auto url = settings::to_string(account.upstream);
    if (upstream.find(url) != std::string::npos) continue;
    upstream += (upstream.empty() ? "" : ", ") + url;
  }
  say(catalog.render("serve.ready", {{"listen", listen}, {"upstream", upstream}}));
  if (proxy.recovery().was_damaged) {
    say(catalog.render("event.records_damaged", {{"file", proxy.recovery().set_aside.string()}}));
  }
  if (const auto waiting = proxy.recovery().waiting; waiting > 0) {
    say(catalog.render("event.shutdown_with_waiting", {{"count", std::to_string(waiting)}}));
  }
  if (const auto& made = proxy.certificate(); made.was_made) {
    say(catalog.render("serve.certificate_made", {{"fingerprint", made.fingerprint}}));
  }
}

void tell_of_the_stop(const settings::Settings& settings, const explain::Catalog& catalog) {
  if (settings.log_format != settings::LogFormat::text) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(settings.stop_limit).count();
  say(catalog.render("serve.stopping", {{"seconds", std::to_string(seconds)}}));
}

asio::awaitable<void> run_until_signal(asio::io_context& context, ProxyAssembly& proxy,
                                       asio::signal_set& signals,
                                       const settings::Settings& settings,
                                       const explain::Catalog& catalog) {
  co_await wait_for_end_signal(signals);
  tell_of_the_stop(settings, catalog);
  co_await proxy.stop();
  context.stop();
}

}  // namespace

void ignore_broken_pipes() {
#ifndef _WIN32
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
#endif
}

std::unique_ptr<platform::Log> make_log(const settings::Settings& settings) {
  const auto format = settings.log_format == settings::LogFormat::json ? platform::LogFormat::json
                                                                       : platform::LogFormat::text;
  return std::make_unique<platform::Log>(format, level_of(settings.log_level));
}

int run_serve(const settings::Settings& settings, const explain::Catalog& catalog) {
  ignore_broken_pipes();
  const auto log = make_log(settings);
  asio::io_context context(1);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  ProxyAssembly proxy(context, settings, *log, catalog);
  if (const auto failure = proxy.start()) {
    std::fprintf(stderr, "todoku: %s\n", failure->text.c_str());
    return failure->exit_code;
  }
  if (settings.log_format == settings::LogFormat::text) greet(settings, proxy, catalog);
  tell_what_waits_for_later(settings, *log);
  // A room set of its own: proxy.stop() waits for the others, not for the one that waits.
  net::Rooms door(context.get_executor(), [&log](std::string_view room, std::string_view what) {
    log->write(platform::LogLevel::error, "bug", "", {{"room", room}, {"what", what}});
  });
  door.start("serve", run_until_signal(context, proxy, signals, settings, catalog));
  context.run();
  log->write(platform::LogLevel::info, "stopped", "", {});
  log->flush();
  if (settings.log_format == settings::LogFormat::text) say(catalog.render("serve.stopped"));
  // Rooms that outlasted the stop limit are suspended in the middle of things: their frames must
  // not be taken apart around objects that are gone already.
  if (proxy.rooms().alive() > 0) std::quick_exit(exit_ok);
  return exit_ok;
}

}  // namespace todoku::cli
