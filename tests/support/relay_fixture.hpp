// SPDX-License-Identifier: Apache-2.0
#pragma once

// A relay room with one account whose upstream is a scripted one. Tests are member coroutines of
// classes derived from RelayFixture, run by play().
#include "proxy/relay/relay.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/scripted_upstream.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace todoku::support {

class RelayFixture : public ::testing::Test {
 protected:
  using Outgoing = submission::Outgoing;
  using Verdict = std::optional<delivery::Verdict>;
  using State = delivery::MessageState;
  using Login = submission::LoginVerdict::Kind;

  RelayFixture() {
    settings_.accounts.push_back({"test", {"*"}, "", upstream_.url()});
    spool_ = store::Spool::open(dir_.path(), 64 * 1024, 1 << 30).value();
    tls_ = std::move(net::ClientTls::make({}).value());
    start_relay();
  }
  ~RelayFixture() override {
    upstream_.stop();
    relay_.reset();
    const std::chrono::milliseconds a_moment(50);
    io_.turn(a_moment);
  }

  // Also after settings have changed, and as a restart with the same memory.
  void start_relay() {
    relay_.reset();
    relay_ = std::make_unique<relay::Relay>(
        relay::Surroundings{settings_, *tls_, io_.rooms(), log_, "instance"},
        dir_.path() / "offers");
  }

  // Runs the test, then takes everything down.
  void play(boost::asio::awaitable<void> test) { io_.run(run_and_stop(std::move(test))); }

  std::shared_ptr<Outgoing> message(const std::string& user, const std::string& text) {
    auto made = std::make_shared<Outgoing>();
    made->id = "id" + std::to_string(++made_);
    made->account = &settings_.accounts.front();
    made->credentials = login(user);
    made->envelope.sender = user + "@example.test";
    made->envelope.recipients.push_back({"to@example.test", "", ""});
    made->body = std::make_shared<store::Body>(io_.executor(), *spool_, made->id);
    EXPECT_FALSE(made->body->append(text));
    return made;
  }
  std::shared_ptr<Outgoing> whole(const std::string& user, const std::string& text = "hello\r\n") {
    auto made = message(user, text);
    made->body->finish();
    return made;
  }
  smtp::Credentials login(const std::string& user) const {
    smtp::Credentials made;
    made.user = user;
    const auto known = upstream_.users.find(user);
    if (known != upstream_.users.end()) made.password = wire::Secret(known->second);
    return made;
  }

  boost::asio::awaitable<delivery::Verdict> send(std::string user) {
    const auto outgoing = whole(user);
    auto verdict = co_await relay_->attempt(outgoing);
    EXPECT_FALSE(outgoing->break_off || outgoing->progress);
    co_return verdict;
  }
  boost::asio::awaitable<State> state_of_sending(std::string user) {
    const auto verdict = co_await send(std::move(user));
    co_return verdict.state();
  }
  boost::asio::awaitable<submission::LoginVerdict> verify(smtp::Credentials credentials) {
    auto verdict = co_await relay_->verify(settings_.accounts.front(), std::move(credentials));
    co_return verdict;
  }
  boost::asio::awaitable<Login> verify(std::string user) {
    const auto verdict = co_await verify(login(user));
    co_return verdict.kind;
  }
  // Beside the test; the verdict appears in its place, which outlives it.
  void deliver_to(Verdict& place, std::shared_ptr<Outgoing> outgoing) {
    io_.rooms().start("delivery", deliver(place, std::move(outgoing)));
  }

  boost::asio::awaitable<void> until(std::function<bool()> is_so) {
    const std::chrono::milliseconds step(2);
    for (int i = 0; i < 2500 && !is_so(); ++i) co_await net::pause(io_.executor(), step);
    EXPECT_TRUE(is_so()) << "waited in vain";
  }
  boost::asio::awaitable<void> until_holding(std::size_t count) {
    const std::function<bool()> is_so = [this, count] { return upstream_.holding == count; };
    co_await until(is_so);
  }
  boost::asio::awaitable<void> until_there(const Verdict& verdict) {
    const std::function<bool()> is_so = [&verdict] { return verdict.has_value(); };
    co_await until(is_so);
  }
  void at(std::string verb, Reaction::Kind kind, std::string text = {}) {
    upstream_.react = [verb = std::move(verb), kind, text = std::move(text)](std::string_view said,
                                                                             std::size_t) {
      return said == verb ? Reaction{kind, text} : Reaction{};
    };
  }

  // The first characters of what the relay took.
  [[nodiscard]] std::string order() const {
    std::string texts;
    for (const auto& one : upstream_.messages) texts += one.text.substr(0, 1);
    return texts;
  }

  IoRunner io_;
  ScratchDir dir_;
  settings::Settings settings_;
  platform::Log log_{platform::LogFormat::text, platform::LogLevel::error};
  ScriptedUpstream upstream_{io_.rooms()};
  std::unique_ptr<store::Spool> spool_;
  std::unique_ptr<net::ClientTls> tls_;
  std::unique_ptr<relay::Relay> relay_;

 private:
  boost::asio::awaitable<void> run_and_stop(boost::asio::awaitable<void> test) {
    co_await std::move(test);
    upstream_.stop();
  }
  boost::asio::awaitable<void> deliver(Verdict& place, std::shared_ptr<Outgoing> outgoing) {
    auto verdict = co_await relay_->attempt(outgoing);
    EXPECT_FALSE(outgoing->break_off);
    place = std::move(verdict);
  }

  int made_ = 0;
};

}  // namespace todoku::support
