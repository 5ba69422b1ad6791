// SPDX-License-Identifier: Apache-2.0
#pragma once

// Standard input as the bench program's control line: the driver asks by lines, and by closing it
// says "end". No signal is needed, and no orphan outlives its driver.
#include "tests/bench/poller.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <functional>

namespace todoku::bench {

class StandardInput final : public Watcher {
 public:
  StandardInput(Poller& poller, std::function<void()> at_line)
      : poller_(poller), at_line_(std::move(at_line)) {
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    poller_.watch(STDIN_FILENO, *this);
  }

  void ready() override {
    std::array<char, 256> bytes{};
    for (;;) {
      const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
      if (count == 0) {
        poller_.stop();
      }
      if (count <= 0) {
        return;
      }
      for (ssize_t i = 0; i < count; ++i) {
        if (bytes[static_cast<std::size_t>(i)] == '\n' && at_line_) {
          at_line_();
        }
      }
    }
  }

 private:
  Poller& poller_;
  std::function<void()> at_line_;
};

}  // namespace todoku::bench
