// SPDX-License-Identifier: Apache-2.0
// Rooms, signals and the worker thread.
#include "proxy/net/start.hpp"

#include "proxy/net/worker.hpp"
#include "tests/support/io_runner.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace todoku::net {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;

class StartTest : public ::testing::Test {
 protected:
  support::IoRunner io_;
};

awaitable<void> break_down() {
  co_await pause(co_await boost::asio::this_coro::executor, 1ms);
  throw std::runtime_error("broken");
}

TEST(RoomsTest, EscapedExceptionIsReportedWithTheRoomsName) {
  boost::asio::io_context context;
  std::string reported;
  Rooms rooms(context.get_executor(), [&](std::string_view room, std::string_view what) {
    reported = std::string(room) + ": " + std::string(what);
  });
  rooms.start("kitchen", break_down());
  EXPECT_EQ(rooms.alive(), 1U);
  context.run_for(5s);
  EXPECT_EQ(reported, "kitchen: broken");
  EXPECT_EQ(rooms.alive(), 0U);
}

awaitable<void> last(support::IoRunner& io, wire::Duration time) {
  co_await pause(io.executor(), time);
}

awaitable<void> wait_for(Rooms& rooms, wire::Duration limit, bool& result) {
  result = co_await rooms.wait_until_empty(limit);
}

TEST_F(StartTest, WaitsForRoomsButNotForEver) {
  boost::asio::io_context context;
  Rooms waited(context.get_executor(), {});
  bool in_time = true;
  waited.start("long", last(io_, 80ms));
  io_.rooms().start("wait", wait_for(waited, 10ms, in_time));
  io_.turn(1ms);
  context.run_for(30ms);
  io_.turn(30ms);
  EXPECT_FALSE(in_time);
  Rooms rooms(io_.executor(), {});
  rooms.start("short", last(io_, 20ms));
  io_.run(wait_for(rooms, 5s, in_time));
  EXPECT_TRUE(in_time);
  io_.turn(100ms);
  context.run_for(100ms);
}

awaitable<void> wait_once(Signal& signal, wire::Duration limit, int& notified, int& passed) {
  const bool was_notified = co_await signal.wait(limit);
  ++(was_notified ? notified : passed);
}

awaitable<void> notify_waiters(support::IoRunner& io) {
  Signal signal(io.executor());
  int notified = 0;
  int passed = 0;
  io.rooms().start("a", wait_once(signal, wire::Duration(0), notified, passed));
  io.rooms().start("b", wait_once(signal, 5s, notified, passed));
  io.rooms().start("c", wait_once(signal, 5ms, notified, passed));
  co_await pause(io.executor(), 40ms);
  EXPECT_EQ(notified, 0);
  EXPECT_EQ(passed, 1);
  signal.notify_all();
  co_await pause(io.executor(), 1ms);
  EXPECT_EQ(notified, 2);
  io.rooms().start("d", wait_once(signal, 5ms, notified, passed));
  co_await pause(io.executor(), 40ms);
  EXPECT_EQ(passed, 2) << "only present waiters are woken";
}

TEST_F(StartTest, SignalWakesAllWhoWait) {
  io_.run(notify_waiters(io_));
}

awaitable<void> lose_the_signal(support::IoRunner& io) {
  auto signal = std::make_unique<Signal>(io.executor());
  int notified = 0;
  int passed = 0;
  io.rooms().start("a", wait_once(*signal, wire::Duration(0), notified, passed));
  co_await pause(io.executor(), 1ms);
  signal.reset();
  co_await pause(io.executor(), 1ms);
  EXPECT_EQ(notified, 1) << "nobody waits for ever for what has gone";
}

TEST_F(StartTest, SignalMayGoBeforeItsWaiters) {
  io_.run(lose_the_signal(io_));
}

awaitable<void> errand(Worker& worker) {
  const std::thread::id here = std::this_thread::get_id();
  std::thread::id there;
  const std::string long_enough_for_the_heap(100, 'x');
  std::string result;
  std::function<void()> work = [&there, &result, long_enough_for_the_heap] {
    there = std::this_thread::get_id();
    result = long_enough_for_the_heap;
  };
  co_await worker.run(work);
  EXPECT_NE(there, here);
  EXPECT_EQ(std::this_thread::get_id(), here);
  EXPECT_EQ(result, long_enough_for_the_heap);
}

TEST_F(StartTest, WorkerRunsElsewhereAndComesBack) {
  Worker worker;
  for (int i = 0; i < 20; ++i) io_.rooms().start("errand", errand(worker));
  io_.run_started();
}

}  // namespace
}  // namespace todoku::net
