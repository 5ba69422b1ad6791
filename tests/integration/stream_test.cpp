// SPDX-License-Identifier: Apache-2.0
// Plain streams over loopback: limits, interruption, back-pressure, endings.
#include "proxy/net/stream.hpp"

#include "proxy/net/connect.hpp"
#include "proxy/net/error.hpp"
#include "proxy/net/listener.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/stream_pair.hpp"

#include <boost/asio/error.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::net {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
using support::IoRunner;
using support::nothing;
using support::StreamPair;

class StreamTest : public ::testing::Test {
 protected:
  IoRunner io_;
};

awaitable<void> read_all(Stream& stream, std::string& into, std::size_t size) {
  while (into.size() < size) {
    const Result<std::string_view> got = co_await stream.read();
    if (!got) co_return;
    into += *got;
  }
}

awaitable<void> pass_both_pieces(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  const error_code code = co_await pair.client->write("hello ", "world");
  EXPECT_FALSE(code);
  std::string got;
  co_await read_all(*pair.server, got, 11);
  EXPECT_EQ(got, "hello world");
  EXPECT_TRUE(pair.server->is_quiet_and_open());
  EXPECT_TRUE(pair.server->read_available().empty());
  EXPECT_EQ(pair.server->remote(), pair.client->local());
}

TEST_F(StreamTest, WritesBothPieces) {
  io_.run(pass_both_pieces(io_));
}

// Lengths around what a wait brings by itself.
awaitable<void> pass_whole_lines(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  for (const std::size_t size : {1U, 511U, 512U, 513U, 5'000U}) {
    std::string sent(size - 1, 'x');
    sent += '.';
    io.rooms().start("late", support::write_later(*pair.client, sent, 5ms));
    const Result<std::string_view> got = co_await pair.server->read();
    EXPECT_TRUE(got.has_value());
    const std::string arrived(got.has_value() ? *got : "nothing");
    EXPECT_EQ(arrived, sent);
  }
}

TEST_F(StreamTest, OneReadTakesAllThatHasCome) {
  io_.run(pass_whole_lines(io_));
}

awaitable<void> end_behind_the_words(IoRunner& io, std::size_t size) {
  StreamPair pair = co_await support::make_pair(io.executor());
  const std::string sent(size, 'x');
  co_await pair.client->write(sent, nothing);
  pair.client->close();
  std::string got;
  co_await read_all(*pair.server, got, size);
  EXPECT_EQ(got, sent);
  const Result<std::string_view> end = co_await pair.server->read();
  EXPECT_EQ(end.error(), boost::asio::error::eof);
  EXPECT_TRUE(pair.server->has_ended_cleanly());
}

TEST_F(StreamTest, AnEndBehindTheWordsComesAfterThem) {
  for (const std::size_t size : {10U, 512U, 600U}) io_.run(end_behind_the_words(io_, size));
}

awaitable<void> read_late(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  co_await pair.client->write("in time", nothing);
  pair.server->expires_after(1ms);
  co_await pause(io.executor(), 20ms);
  const Result<std::string_view> got = co_await pair.server->read();
  const std::string arrived(got.has_value() ? *got : "nothing");
  EXPECT_EQ(arrived, "in time");
}

TEST_F(StreamTest, WhatHasComeCountsAlsoWhenTheReaderIsLate) {
  io_.run(read_late(io_));
}

awaitable<void> time_out_on_silence(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  pair.server->expires_after(60ms);
  const auto start = std::chrono::steady_clock::now();
  const Result<std::string_view> got = co_await pair.server->read();
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(got.error(), error::timed_out);
  EXPECT_GE(took, 55ms);
  EXPECT_LT(took, 2s);
  const Result<std::string_view> again = co_await pair.server->read();
  EXPECT_EQ(again.error(), error::timed_out) << "the deadline has not moved";
  // The last words of a server that waited in vain (RFC 5321 3.8: 421 before closing).
  pair.server->expires_after(1s);
  const error_code failed = co_await pair.server->write("421 bye\r\n", std::string_view());
  EXPECT_FALSE(failed);
  pair.client->expires_after(1s);
  const Result<std::string_view> heard = co_await pair.client->read();
  const std::string words(heard.has_value() ? *heard : "nothing");
  EXPECT_EQ(words, "421 bye\r\n");
}

TEST_F(StreamTest, SilenceTimesOut) {
  io_.run(time_out_on_silence(io_));
}

awaitable<void> move_the_deadline(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  pair.server->expires_after(10s);
  co_await pair.client->write("a", nothing);
  co_await pair.server->read();
  for (int i = 0; i < 5; ++i) {  // each within its own limit, together beyond one
    pair.server->expires_after(100ms);
    io.rooms().start("late", support::write_later(*pair.client, "b", 50ms));
    const Result<std::string_view> got = co_await pair.server->read();
    EXPECT_TRUE(got.has_value());
  }
  co_await pause(io.executor(), 150ms);  // the limit passes with nobody waiting
  pair.server->expires_after(5s);
  io.rooms().start("late", support::write_later(*pair.client, "c", 20ms));
  const Result<std::string_view> got = co_await pair.server->read();
  EXPECT_TRUE(got.has_value());
  pair.server->expires_after(30ms);  // shorter than what the timer is armed for
  const auto start = std::chrono::steady_clock::now();
  const Result<std::string_view> late = co_await pair.server->read();
  EXPECT_EQ(late.error(), error::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(StreamTest, DeadlineMovesBothWays) {
  io_.run(move_the_deadline(io_));
}

awaitable<void> interrupt_later(Stream& stream, IoRunner& io) {
  co_await pause(io.executor(), 30ms);
  stream.interrupt();
}

awaitable<void> interrupt_a_read(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  io.rooms().start("interrupt", interrupt_later(*pair.server, io));
  const Result<std::string_view> got = co_await pair.server->read();
  EXPECT_EQ(got.error(), error::interrupted);
  pair.server->interrupt();
  const Result<std::string_view> next = co_await pair.server->read();
  EXPECT_EQ(next.error(), error::interrupted);
  co_await pair.client->write("still alive", nothing);
  std::string text;
  co_await read_all(*pair.server, text, 11);
  EXPECT_EQ(text, "still alive");
}

TEST_F(StreamTest, InterruptWakesReadOnceAndStreamStaysUsable) {
  io_.run(interrupt_a_read(io_));
}

awaitable<void> write_big(Stream& stream, const std::string& head, const std::string& big) {
  stream.expires_after(10s);
  const error_code code = co_await stream.write(head, big);
  EXPECT_FALSE(code);
}

awaitable<void> slow_reader(IoRunner& io, const std::string& big) {
  StreamPair pair = co_await support::make_pair(io.executor());
  const std::string head = "head";
  io.rooms().start("write", write_big(*pair.client, head, big));
  co_await pause(io.executor(), 100ms);
  EXPECT_EQ(io.rooms().alive(), 2U) << "the writer waits for the reader";
  std::string got;
  co_await read_all(*pair.server, got, head.size() + big.size());
  EXPECT_TRUE(got == head + big);
  while (io.rooms().alive() > 1) co_await pause(io.executor(), 5ms);
}

TEST_F(StreamTest, BigWriteWaitsForReaderAndArrivesWhole) {
  std::string big(16 << 20, 'x');
  for (std::size_t i = 0; i < big.size(); i += 997) big[i] = static_cast<char>('a' + i % 26);
  io_.run(slow_reader(io_, big));
}

awaitable<void> write_into_deaf_ear(IoRunner& io, const std::string& big) {
  StreamPair pair = co_await support::make_pair(io.executor());
  co_await pair.server->write("552 no", nothing);
  pair.client->expires_after(80ms);
  const error_code code = co_await pair.client->write(big, nothing);
  EXPECT_EQ(code, error::timed_out);
  EXPECT_EQ(pair.client->read_available(), "552 no") << "what was said before is still there";
}

TEST_F(StreamTest, WriteTimesOutAndEarlyWordsAreKept) {
  const std::string big(16 << 20, 'x');
  io_.run(write_into_deaf_ear(io_, big));
}

awaitable<void> last_reply_survives(IoRunner& io, const std::string& unread) {
  StreamPair pair = co_await support::make_pair(io.executor());
  co_await pair.client->write(unread, nothing);
  co_await pair.server->write("421 bye", nothing);
  pair.server->close();
  std::string got;
  co_await read_all(*pair.client, got, 100);
  EXPECT_EQ(got, "421 bye");
  const Result<std::string_view> end = co_await pair.client->read();
  EXPECT_EQ(end.error(), boost::asio::error::eof);
  EXPECT_FALSE(pair.client->is_quiet_and_open());
  const error_code code = co_await pair.server->write("x", nothing);
  EXPECT_TRUE(code) << "closed is closed";
}

TEST_F(StreamTest, CloseDoesNotLoseTheLastReply) {
  const std::string unread(100'000, 'u');
  io_.run(last_reply_survives(io_, unread));
}

awaitable<void> quiet_or_not(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  EXPECT_TRUE(pair.client->is_quiet_and_open());
  co_await pair.server->write("421 going down", nothing);
  co_await pause(io.executor(), 20ms);
  EXPECT_FALSE(pair.client->is_quiet_and_open());
  EXPECT_EQ(pair.client->read_available(), "421 going down");
  EXPECT_TRUE(pair.client->is_quiet_and_open());
  pair.server->close();
  co_await pause(io.executor(), 20ms);
  EXPECT_FALSE(pair.client->is_quiet_and_open());
}

TEST_F(StreamTest, QuietMeansNothingUnreadAndOpen) {
  io_.run(quiet_or_not(io_));
}

awaitable<void> flood(Stream& stream, bool& done) {
  const std::string block(60'000, 'f');
  while (!done) {
    const error_code code = co_await stream.write(block, nothing);
    if (code) co_return;
  }
}

awaitable<void> swallow(Stream& stream) {
  for (;;) {
    const Result<std::string_view> got = co_await stream.read();
    if (!got) co_return;
  }
}

awaitable<void> others_get_their_turn(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  bool done = false;
  io.rooms().start("flood", flood(*pair.client, done));
  io.rooms().start("swallow", swallow(*pair.server));
  const auto start = std::chrono::steady_clock::now();
  co_await pause(io.executor(), 50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
  done = true;
  pair.server->interrupt();
  pair.client->close();
  while (io.rooms().alive() > 1) co_await pause(io.executor(), 5ms);
}

TEST_F(StreamTest, FastPeerDoesNotOwnTheLoop) {
  io_.run(others_get_their_turn(io_));
}

awaitable<void> leave_pending(IoRunner& io) {
  StreamPair pair = co_await support::make_pair(io.executor());
  pair.server->expires_after(10s);
  co_await pair.server->read();
  ADD_FAILURE() << "nobody wrote";
}

TEST_F(StreamTest, LoopMayEndWhileReadIsPending) {
  auto own = std::make_unique<IoRunner>();
  own->rooms().start("pending", leave_pending(*own));
  own->turn(std::chrono::milliseconds(30));
  EXPECT_EQ(own->rooms().alive(), 1U);
  own.reset();
}

}  // namespace
}  // namespace todoku::net
