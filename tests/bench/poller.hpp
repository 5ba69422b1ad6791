// SPDX-License-Identifier: Apache-2.0
#pragma once

// An edge-triggered epoll loop with timers, for the bench program only. One thread.
#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace todoku::bench {

using Clock = std::chrono::steady_clock;

// Something with one descriptor. It reads and writes until the kernel says "again": edges come
// once.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;
  virtual void ready() = 0;
};

class Poller {
 public:
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  void watch(int descriptor, Watcher& watcher);
  void at(Clock::time_point when, std::function<void()> action);
  // Destroys it after the events of this turn, some of which may still point to it.
  void retire(std::shared_ptr<Watcher> watcher) { retired_.push_back(std::move(watcher)); }
  void run();
  void stop() { running_ = false; }

 private:
  void run_due_actions();
  int descriptor_;
  bool running_ = true;
  std::multimap<Clock::time_point, std::function<void()>> actions_;
  std::vector<std::shared_ptr<Watcher>> retired_;
};

}  // namespace todoku::bench
