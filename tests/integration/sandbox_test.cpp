// SPDX-License-Identifier: Apache-2.0
// The sandbox provider on loopback: asked by the demo's own tiny mail client, and by a raw socket.
#include "proxy/demo/behaviour.hpp"
#include "proxy/demo/sandbox_provider.hpp"
#include "proxy/demo/sender.hpp"
#include "proxy/net/connect.hpp"
#include "proxy/net/start.hpp"

#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace todoku::demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

SandboxOptions quick() {
  SandboxOptions options;
  options.slow_recipient = wire::Duration(30);
  options.slow_end = wire::Duration(60);
  return options;
}

class Sandbox : public testing::Test {
 protected:
  boost::asio::io_context context_{1};
  net::Rooms rooms_{context_.get_executor(), [](std::string_view room, std::string_view what) {
                      ADD_FAILURE() << room << ": " << what;
                    }};
  std::unique_ptr<SandboxProvider> sandbox_ =
      std::move(SandboxProvider::open(rooms_, quick()).value());

  // Runs one story to its end, then stops the sandbox; nothing may be left.
  void run(boost::asio::awaitable<void> story) {
    sandbox_->start();
    rooms_.start("story", with_stop(std::move(story)));
    context_.run_for(std::chrono::seconds(20));
    EXPECT_EQ(rooms_.alive(), 0U);
  }

  boost::asio::awaitable<void> with_stop(boost::asio::awaitable<void> story) {
    co_await std::move(story);
    sandbox_->stop();
  }

  // Not a coroutine itself: gcc 12 warns falsely of a mismatched delete in its frame.
  boost::asio::awaitable<Sent> send_to(std::vector<std::string> recipients, std::string body) {
    smtp::Envelope envelope;
    envelope.sender = std::string(sandbox_user);
    for (auto& address : recipients) {
      smtp::Recipient one;
      one.address = std::move(address);
      envelope.recipients.push_back(std::move(one));
    }
    SenderOptions options = sandbox_sender(sandbox_->port());
    options.credentials.password = wire::Secret(password_);
    return send(context_.get_executor(), std::move(options), std::move(envelope),
                "Subject: x\r\n\r\n" + body);
  }

  boost::asio::awaitable<void> send_each(std::vector<std::string> addresses) {
    for (const auto& address : addresses) {
      std::vector<std::string> one(1, address);
      std::string body = "hello\r\n";
      Sent sent = co_await send_to(std::move(one), std::move(body));
      EXPECT_EQ(sent.trouble, "") << address;
      codes_.push_back(sent.reply.code);
      last_ = std::move(sent);
    }
  }

  boost::asio::awaitable<void> send_body(std::vector<std::string> recipients, std::string body) {
    last_ = co_await send_to(std::move(recipients), std::move(body));
  }

  std::string password_ = "anything";
  std::vector<int> codes_;
  Sent last_;
};

TEST_F(Sandbox, AnswersEveryAddressAsItsTableSays) {
  std::vector<std::string> addresses{"ok@sandbox.test",      "nouser@sandbox.test",
                                     "full@sandbox.test",    "overfull@sandbox.test",
                                     "blocked@sandbox.test", "later-bounce@sandbox.test",
                                     "anyone@sandbox.test",  "someone@example.jp"};
  run(send_each(std::move(addresses)));
  EXPECT_THAT(codes_, ElementsAre(250, 550, 452, 552, 554, 250, 250, 550));
  EXPECT_THAT(sandbox_->received(), SizeIs(3));
}

TEST_F(Sandbox, KeepsEnvelopeSizeAndAnswerOfWhatItTook) {
  std::vector<Received> seen;
  sandbox_->on_received([&seen](const Received& one) { seen.push_back(one); });
  run(send_body({"ok@sandbox.test", "hanako@sandbox.test"}, "hello\r\n"));
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].sender, "demo@sandbox.test");
  EXPECT_THAT(seen[0].recipients, ElementsAre("ok@sandbox.test", "hanako@sandbox.test"));
  EXPECT_EQ(seen[0].bytes, std::string("Subject: x\r\n\r\nhello\r\n").size());
  EXPECT_EQ(seen[0].answer.code, 250);
  EXPECT_THAT(last_.reply.text, HasSubstr("queued as SANDBOX1"));
}

TEST_F(Sandbox, RefusesALargeMessageAtItsEnd) {
  std::string line(70, 'x');
  std::string body;
  while (body.size() <= large_message) body += line + "\r\n";
  run(send_body({"toobig@sandbox.test"}, body));
  EXPECT_EQ(last_.reply.code, 552);
  EXPECT_EQ(last_.reply.status, "5.3.4");
}

TEST_F(Sandbox, SlowTakesItsTimeAndAccepts) {
  run(send_each({"slow@sandbox.test"}));
  EXPECT_EQ(last_.reply.code, 250);
  EXPECT_GE(last_.took.count(), 90);
}

TEST_F(Sandbox, GreylistAcceptsTheSecondTry) {
  run(send_each({"greylist@sandbox.test", "greylist@sandbox.test"}));
  EXPECT_THAT(codes_, ElementsAre(451, 250));
}

TEST_F(Sandbox, OnlyTheOneWrongPasswordIsRefused) {
  password_ = std::string(wrong_password);
  run(send_each({"ok@sandbox.test"}));
  EXPECT_THAT(codes_, ElementsAre(535));
  EXPECT_THAT(sandbox_->received(), SizeIs(0));
}

TEST_F(Sandbox, AnUnreachablePortIsToldNotThrown) {
  sandbox_->stop();
  run(send_body({"ok@sandbox.test"}, "hello\r\n"));
  EXPECT_EQ(last_.reply.code, 0);
  EXPECT_NE(last_.trouble, "");
}

// Says the lines one after the other, each after an answer came.
boost::asio::awaitable<void> say(net::Rooms& rooms, std::uint16_t port,
                                 std::vector<std::string> lines, std::string& heard) {
  std::string host = "127.0.0.1";
  const wire::Duration limit(5'000);
  auto connected = co_await net::connect(rooms.executor(), std::move(host), port, limit);
  auto& stream = std::get<net::Stream>(connected);
  for (const auto& line : lines) {
    stream.expires_after(limit);
    auto bytes = co_await stream.read();
    if (!bytes) co_return;
    heard += *bytes;
    const auto failed = co_await stream.write(line, std::string_view());
    if (failed) co_return;
  }
  auto bytes = co_await stream.read();
  if (bytes) heard += *bytes;
}

TEST_F(Sandbox, WantsALogInBeforeMail) {
  std::string heard;
  run(say(rooms_, sandbox_->port(), {"EHLO x\r\n", "MAIL FROM:<a@sandbox.test>\r\n", "QUIT\r\n"},
          heard));
  EXPECT_THAT(heard, HasSubstr("220 smtp.sandbox.test"));
  EXPECT_THAT(heard, HasSubstr("AUTH PLAIN LOGIN"));
  EXPECT_THAT(heard, HasSubstr("530 5.7.0"));
}

TEST_F(Sandbox, StopsInTheMiddleOfASlowAnswer) {
  SandboxOptions options;
  options.slow_recipient = wire::Duration(60'000);
  sandbox_ = std::move(SandboxProvider::open(rooms_, options).value());
  sandbox_->start();
  rooms_.start("story", send_each({"slow@sandbox.test"}));
  rooms_.start("stop",
               [](net::Rooms& rooms, SandboxProvider& sandbox) -> boost::asio::awaitable<void> {
                 const wire::Duration moment(200);
                 co_await net::pause(rooms.executor(), moment);
                 sandbox.stop();
               }(rooms_, *sandbox_));
  context_.run_for(std::chrono::seconds(10));
  EXPECT_EQ(rooms_.alive(), 0U);
  EXPECT_THAT(codes_, ElementsAre(421));
}

}  // namespace
}  // namespace todoku::demo
