// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs coroutines of floor 1 and 2 to their end on a loop of their own, with a time limit; an
// exception that leaves one fails the test. Rooms started beside it end with the loop.
#include "proxy/net/start.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace todoku::support {

class IoRunner {
 public:
  boost::asio::any_io_executor executor() { return context_.get_executor(); }
  net::Rooms& rooms() { return rooms_; }

  // The main part of the test; the others it starts are waited for as well.
  void run(boost::asio::awaitable<void> test,
           std::chrono::seconds limit = std::chrono::seconds(20)) {
    rooms_.start("test", std::move(test));
    run_started(limit);
  }
  void run_started(std::chrono::seconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    context_.restart();
    while (rooms_.alive() > 0 && context_.run_one_until(end) > 0) {
    }
    EXPECT_EQ(rooms_.alive(), 0U) << "the test did not end within its limit";
  }

  // Lets the loop turn for a while, whatever is left to do.
  void turn(std::chrono::milliseconds time) {
    context_.restart();
    context_.run_for(time);
  }

 private:
  boost::asio::io_context context_{1};
  net::Rooms rooms_{context_.get_executor(), [](std::string_view room, std::string_view what) {
                      ADD_FAILURE() << room << ": " << what;
                    }};
};

}  // namespace todoku::support
