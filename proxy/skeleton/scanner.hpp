// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a message as it streams past and gives its skeleton. Any pieces give the same result. One
// owner, one thread. Floor 0.
#include "proxy/skeleton/limits.hpp"
#include "proxy/skeleton/skeleton.hpp"

#include <memory>
#include <string_view>

namespace todoku::skeleton {

class Scanner {
 public:
  explicit Scanner(const Limits& limits = {});
  ~Scanner();
  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;

  void feed(std::string_view bytes);
  // The message is complete. Once.
  [[nodiscard]] Skeleton finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A message that is held in memory.
[[nodiscard]] Skeleton read(std::string_view message, const Limits& limits = {});

}  // namespace todoku::skeleton
