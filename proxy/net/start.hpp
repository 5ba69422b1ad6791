// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only door to co_spawn: names a room, logs an escaped exception, counts what lives.
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace todoku::net {

// Counts running coroutines and waits for them to end. Owned by main, outlives the rooms. I/O
// thread.
class Rooms {
 public:
  using OnBug = std::function<void(std::string_view room, std::string_view what)>;
  Rooms(boost::asio::any_io_executor executor, OnBug on_bug);
  // Starts a room. An exception that leaves it is a bug: reported, never swallowed.
  void start(std::string_view name, boost::asio::awaitable<void> room);
  [[nodiscard]] std::size_t alive() const;
  // Returns true when all have ended, false when the limit passed first.
  boost::asio::awaitable<bool> wait_until_empty(wire::Duration limit);
  [[nodiscard]] boost::asio::any_io_executor executor() const;

 private:
  struct Impl;
  std::shared_ptr<Impl>
      impl_;  // shared with the completion handlers of rooms that outlive a bounded wait
};

// A condition that coroutines of the I/O thread wait for. notify_all wakes every present waiter.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor);
  Signal(Signal&&) noexcept;
  ~Signal();
  // true = notified, false = the limit passed. limit 0 = none. Spurious wake-ups do not occur.
  boost::asio::awaitable<bool> wait(wire::Duration limit);
  void notify_all();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // a waiter may outlive the Signal's owner by one turn of the loop
};

// Suspends for the duration. Returns false when the executor is shutting down.
boost::asio::awaitable<bool> pause(boost::asio::any_io_executor executor, wire::Duration duration);

}  // namespace todoku::net
