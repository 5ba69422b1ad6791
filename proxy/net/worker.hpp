// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one thread for whole-message and crypto work that would hold up the I/O thread.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>

namespace todoku::net {

class Worker {
 public:
  Worker() : pool_(1) {}
  ~Worker() { pool_.join(); }
  // Runs work on the worker thread and comes back to the caller's executor. work must not throw and
  // must not touch anything of the I/O thread.
  boost::asio::awaitable<void> run(std::function<void()> work);

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace todoku::net
