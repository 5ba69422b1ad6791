// SPDX-License-Identifier: Apache-2.0
// Connecting and listening: each way to fail has its word.
#include "proxy/net/connect.hpp"

#include "proxy/net/error.hpp"
#include "proxy/net/listener.hpp"
#include "tests/support/io_runner.hpp"

#include <boost/asio/error.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace todoku::net {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Why = ConnectFailure::Why;

class ConnectTest : public ::testing::Test {
 protected:
  support::IoRunner io_;
};

awaitable<void> expect_failure(support::IoRunner& io, std::string host, std::uint16_t port, Why why,
                               std::string words) {
  const Connected connected = co_await connect(io.executor(), host, port, 5s);
  const auto* failure = std::get_if<ConnectFailure>(&connected);
  EXPECT_NE(failure, nullptr);
  if (failure == nullptr) co_return;
  EXPECT_EQ(failure->why, why) << failure->detail;
  EXPECT_THAT(failure->detail, HasSubstr(words));
}

TEST_F(ConnectTest, NobodyListensIsRefused) {
  std::uint16_t port = 0;
  {
    const auto listener = Listener::open(io_.executor(), "127.0.0.1", 0);
    port = listener->port();
  }
  const std::string where = "127.0.0.1:" + std::to_string(port) + ": Connection refused";
  io_.run(expect_failure(io_, "127.0.0.1", port, Why::refused, "connect to " + where));
  io_.run(expect_failure(io_, "localhost", port, Why::refused, "Connection refused"));
}

awaitable<void> reach_by_name(support::IoRunner& io, std::string name, std::string address) {
  Result<Listener> listener = Listener::open(io.executor(), address, 0);
  if (!listener) co_return;  // no IPv6 here
  const Connected connected = co_await connect(io.executor(), name, listener->port(), 5s);
  EXPECT_TRUE(std::holds_alternative<Stream>(connected));
  const Result<Stream> accepted = co_await listener->accept();
  EXPECT_TRUE(accepted.has_value());
}

TEST_F(ConnectTest, LocalhostIsReachedOnEitherFamily) {
  io_.run(reach_by_name(io_, "localhost", "127.0.0.1"));
  io_.run(reach_by_name(io_, "::1", "::1"));
}

awaitable<void> full_backlog(support::IoRunner& io) {
  // A socket that is bound but queues nobody: Linux drops the SYNs that do not fit.
  boost::asio::ip::tcp::acceptor acceptor(io.executor(),
                                          {boost::asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  const std::uint16_t port = acceptor.local_endpoint().port();
  std::vector<Connected> kept;
  bool was_timed_out = false;
  for (int i = 0; i < 4 && !was_timed_out; ++i) {
    Connected connected = co_await connect(io.executor(), "127.0.0.1", port, 150ms);
    const auto* failure = std::get_if<ConnectFailure>(&connected);
    was_timed_out = failure != nullptr && failure->why == Why::timed_out;
    kept.push_back(std::move(connected));
  }
  EXPECT_TRUE(was_timed_out);
}

TEST_F(ConnectTest, NoAnswerIsTimedOut) {
  io_.run(full_backlog(io_));
}

awaitable<void> accept_until_closed(Listener& listener, bool& ended) {
  const Result<Stream> stream = co_await listener.accept();
  EXPECT_EQ(stream.error(), boost::asio::error::operation_aborted);
  ended = true;
}

awaitable<void> close_while_accepting(support::IoRunner& io) {
  Result<Listener> listener = Listener::open(io.executor(), "localhost", 0);
  bool ended = false;
  io.rooms().start("accept", accept_until_closed(*listener, ended));
  co_await pause(io.executor(), 10ms);
  listener->close();
  while (!ended) co_await pause(io.executor(), 1ms);
}

TEST_F(ConnectTest, CloseEndsAccept) {
  io_.run(close_while_accepting(io_));
}

TEST_F(ConnectTest, PortInUseNamesItsOwner) {
  const auto first = Listener::open(io_.executor(), "127.0.0.1", 0);
  ASSERT_TRUE(first.has_value());
  const auto second = Listener::open(io_.executor(), "127.0.0.1", first->port());
  EXPECT_EQ(second.error(), boost::asio::error::address_in_use);
  EXPECT_THAT(owner_of_port(first->port()), HasSubstr("(pid " + std::to_string(::getpid()) + ")"));
  const std::uint16_t near = free_port_near(first->port());
  EXPECT_NE(near, 0);
  EXPECT_NE(near, first->port());
  EXPECT_TRUE(Listener::open(io_.executor(), "127.0.0.1", near).has_value());
}

TEST_F(ConnectTest, FreePortHasNoOwner) {
  std::uint16_t port = 0;
  {
    const auto listener = Listener::open(io_.executor(), "127.0.0.1", 0);
    port = listener->port();
  }
  EXPECT_EQ(owner_of_port(port), "");
}

TEST_F(ConnectTest, NamesAreNoListeningAddress) {
  EXPECT_EQ(Listener::open(io_.executor(), "mail.example.jp", 0).error(), error::name_not_literal);
  EXPECT_TRUE(Listener::open(io_.executor(), "203.0.113.1", 0).has_error());
}

}  // namespace
}  // namespace todoku::net
