// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/demo.hpp"

#include "proxy/delivery/header_edit.hpp"
#include "proxy/demo/behaviour.hpp"
#include "proxy/demo/sender.hpp"
#include "proxy/platform/calendar.hpp"

#include <chrono>
#include <cstdlib>
#include <ostream>
#include <utility>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace todoku::demo {

bool colour_is_welcome() {
#ifdef _WIN32
  const bool is_terminal = _isatty(1) != 0;
#else
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
#endif
  return is_terminal && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace todoku::demo

namespace todoku::cli {

namespace {

using Clock = std::chrono::system_clock;

smtp::Envelope envelope_for(const demo::Sample& sample) {
  smtp::Envelope envelope;
  envelope.sender = std::string(demo::sandbox_user);
  envelope.declared_size = sample.message.size();
  smtp::Recipient to;
  to.address = sample.recipient;
  envelope.recipients.push_back(std::move(to));
  return envelope;
}

}  // namespace

Result<std::unique_ptr<Demo>> Demo::open(net::Rooms& rooms, const explain::Catalog& catalog,
                                         std::ostream& out, demo::Options options) {
  auto sandbox = demo::SandboxProvider::open(rooms, options.sandbox);
  if (!sandbox) return sandbox.error();
  (*sandbox)->start();
  return std::unique_ptr<Demo>(
      new Demo(rooms, catalog, out, std::move(options), std::move(*sandbox)));
}

Demo::Demo(net::Rooms& rooms, const explain::Catalog& catalog, std::ostream& out,
           demo::Options options, std::unique_ptr<demo::SandboxProvider> sandbox)
    : rooms_(rooms),
      look_{catalog, options.has_colour},
      out_(out),
      options_(std::move(options)),
      sandbox_(std::move(sandbox)) {}

boost::asio::awaitable<demo::Tally> Demo::run(std::uint16_t proxy_port) {
  print(demo::welcome_text(look_));
  demo::Tally tally = co_await run_samples(proxy_port);
  if (is_stopping_) co_return tally;
  print(demo::summary_text(look_, tally));
  if (!options_.once) print_guide(proxy_port);
  co_return tally;
}

boost::asio::awaitable<demo::Tally> Demo::run_samples(std::uint16_t proxy_port) {
  const auto now = Clock::now();
  const auto token = std::to_string(now.time_since_epoch().count());
  const auto samples = demo::make_samples(options_.language, delivery::mail_date(now), token);
  print(demo::samples_heading(look_, samples.size()));
  demo::Tally tally;
  for (const auto& sample : samples) {
    if (is_stopping_) break;
    demo::SenderOptions sender = demo::sandbox_sender(proxy_port);
    smtp::Envelope envelope = envelope_for(sample);
    std::string message = sample.message;
    const demo::Sent sent = co_await demo::send(rooms_.executor(), std::move(sender),
                                                std::move(envelope), std::move(message));
    tally.add(sample.recipient, sent);
    if (!is_stopping_) print(demo::outcome_text(look_, sample, sent));
  }
  co_return tally;
}

void Demo::print_guide(std::uint16_t proxy_port) {
  print(demo::settings_text(look_, proxy_port));
  print(demo::addresses_text(look_));
  print(demo::staying_text(look_));
  sandbox_->on_received([this](const demo::Received& received) {
    print(demo::received_text(look_, received, platform::local_time(received.at, "%H:%M:%S")));
  });
}

void Demo::stop() {
  if (is_stopping_) return;
  is_stopping_ = true;
  sandbox_->stop();
  if (!options_.once) print(demo::goodbye_text(look_));
}

void Demo::print(const std::string& text) {
  out_ << text << std::flush;
}

}  // namespace todoku::cli
