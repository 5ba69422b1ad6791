// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>

namespace todoku::bench {

Poller::Poller() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw std::runtime_error("epoll_create1 failed");
  }
}

Poller::~Poller() {
  close(descriptor_);
}

void Poller::watch(int descriptor, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  if (epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw std::runtime_error("epoll_ctl failed");
  }
}

void Poller::at(Clock::time_point when, std::function<void()> action) {
  actions_.emplace(when, std::move(action));
}

void Poller::run_due_actions() {
  while (!actions_.empty() && actions_.begin()->first <= Clock::now()) {
    const auto action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    action();
  }
}

void Poller::run() {
  std::array<epoll_event, 256> events{};
  while (running_) {
    timespec wait{3600, 0};
    if (!actions_.empty()) {
      // epoll_pwait2 waits by the nanosecond: a delay of 20 ms must not become 21.
      const auto left = std::max(actions_.begin()->first - Clock::now(), Clock::duration::zero());
      const auto nanoseconds = std::chrono::nanoseconds(left).count();
      wait = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    }
    const int count = epoll_pwait2(descriptor_, events.data(), events.size(), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr)->ready();
    }
    run_due_actions();
    retired_.clear();
  }
}

}  // namespace todoku::bench
