// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku demo: the sandbox provider, the sample mail, and what a person sees of them. The proxy is
// started by the caller in between, because its upstream is the sandbox:
//   auto demo = Demo::open(rooms, catalog, std::cout, options);
//   ... start serve with demo->upstream_url() as its upstream ...
//   const auto result = co_await demo->run(port);  // then wait for Ctrl-C unless options.once
//   demo->stop();                                  // and wait for the rooms
#include "classifier/explain/messages.hpp"
#include "proxy/demo/report.hpp"
#include "proxy/demo/sandbox_provider.hpp"
#include "proxy/net/start.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace todoku::demo {

struct Options {
  settings::Language language = settings::Language::japanese;  // of the samples
  bool once = false;        // only the samples: no settings, no waiting for more mail
  bool has_colour = false;  // see colour_is_welcome()
  SandboxOptions sandbox;
};

// stdout is a terminal, and NO_COLOR is not set (no-color.org).
[[nodiscard]] bool colour_is_welcome();

}  // namespace todoku::demo

namespace todoku::cli {

// Owned by the caller; outlives the rooms it starts. I/O thread.
class Demo {
 public:
  // Opens the sandbox at once. catalog and out outlive the Demo.
  static Result<std::unique_ptr<Demo>> open(net::Rooms& rooms, const explain::Catalog& catalog,
                                            std::ostream& out, demo::Options options);
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  // "smtp://127.0.0.1:PORT", for the proxy's --upstream.
  [[nodiscard]] std::string upstream_url() const { return sandbox_->upstream_url(); }

  // Sends the samples through the proxy at this port of 127.0.0.1 (clear text or STARTTLS) and
  // prints what became of each; then, unless once, what to type into a mail program, and from now
  // on a line for every message that arrives. All as expected: tally.unexpected is 0.
  boost::asio::awaitable<demo::Tally> run(std::uint16_t proxy_port);
  // Stops the sandbox and ends run() after its present message. Says good-bye unless once.
  void stop();

  [[nodiscard]] const demo::SandboxProvider& sandbox() const { return *sandbox_; }

 private:
  Demo(net::Rooms& rooms, const explain::Catalog& catalog, std::ostream& out, demo::Options options,
       std::unique_ptr<demo::SandboxProvider> sandbox);
  boost::asio::awaitable<demo::Tally> run_samples(std::uint16_t proxy_port);
  void print(const std::string& text);
  void print_guide(std::uint16_t proxy_port);

  net::Rooms& rooms_;
  demo::Look look_;
  std::ostream& out_;
  demo::Options options_;
  std::unique_ptr<demo::SandboxProvider> sandbox_;
  bool is_stopping_ = false;
};

}  // namespace todoku::cli
