// SPDX-License-Identifier: Apache-2.0
// Starts the sandbox, then the proxy in front of it, then lets the demo run.
#include "proxy/cli/run_demo.hpp"

#include "proxy/cli/demo.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_settings.hpp"
#include "proxy/cli/proxy_assembly.hpp"
#include "proxy/cli/serve.hpp"
#include "proxy/cli/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <random>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

// A state directory of the demo's own, removed at its end, so that it never meets a real one.
class TemporaryDir {
 public:
  TemporaryDir()
      : path_(std::filesystem::temp_directory_path() /
              ("todoku-demo-" + std::to_string(std::random_device{}()))) {}
  ~TemporaryDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDir(const TemporaryDir&) = delete;
  TemporaryDir& operator=(const TemporaryDir&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

asio::awaitable<void> wait_for_the_end(asio::signal_set& signals, Demo& demo, ProxyAssembly& proxy,
                                       asio::io_context& context) {
  co_await wait_for_end_signal(signals);
  demo.stop();
  co_await proxy.stop();
  context.stop();
}

asio::awaitable<void> show(Demo& demo, std::uint16_t port, bool once, asio::signal_set& signals,
                           int& exit_code) {
  const auto tally = co_await demo.run(port);
  if (tally.unexpected > 0) exit_code = exit_software;
  if (once) signals.cancel();  // the same way out as Ctrl-C
}

// The port that a person types into a mail program: the usual one where it is free.
std::string listen_url() {
  constexpr std::uint16_t usual = 1587;
  return "submission://127.0.0.1:" + std::to_string(net::free_port_near(usual));
}

LoadedSettings settings_for(const DemoOptions& options, const std::string& upstream,
                            const TemporaryDir& temporary) {
  ServeOptions serve;
  serve.listen = demo_doors(options.listen, listen_url());
  serve.upstream = upstream;
  serve.state_dir = options.state_dir.value_or(temporary.path());
  serve.set.emplace_back("log.level=error");
  return load_settings(serve, std::filesystem::path());
}

}  // namespace

int run_demo(const DemoOptions& options, settings::Language language,
             const explain::Catalog& catalog) {
  ignore_broken_pipes();
  const TemporaryDir temporary;
  asio::io_context context(1);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  const auto on_bug = [](std::string_view room, std::string_view what) {
    std::cerr << "bug in " << room << ": " << what << "\n";
  };
  net::Rooms rooms(context.get_executor(), on_bug);
  demo::Options demo_options;
  demo_options.language = language;
  demo_options.once = options.once;
  demo_options.has_colour = demo::colour_is_welcome();
  auto demo = Demo::open(rooms, catalog, std::cout, demo_options);
  if (demo.has_error()) {
    std::cerr << "todoku: " << demo.error().message() << "\n";
    return exit_os;
  }
  const auto loaded = settings_for(options, (*demo)->upstream_url(), temporary);
  for (const auto& mistake : loaded.mistakes) std::cerr << to_string(mistake) << "\n";
  if (!loaded.mistakes.empty()) return loaded.exit_code;
  const auto log = make_log(loaded.settings);
  ProxyAssembly proxy(context, loaded.settings, *log, catalog);
  if (const auto failure = proxy.start()) {
    std::cerr << "todoku: " << failure->text << "\n";
    return failure->exit_code;
  }
  int exit_code = exit_ok;
  rooms.start("demo.end", wait_for_the_end(signals, **demo, proxy, context));
  rooms.start("demo.show", show(**demo, proxy.plain_port(), options.once, signals, exit_code));
  context.run();
  return exit_code;
}

}  // namespace todoku::cli
