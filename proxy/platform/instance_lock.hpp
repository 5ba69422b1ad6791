// SPDX-License-Identifier: Apache-2.0
#pragma once

// One serve per state directory: an advisory lock that the system drops when the process ends.
// Any thread.
#include "proxy/wire/result.hpp"

#include <filesystem>
#include <optional>

namespace todoku::platform {

class InstanceLock {
 public:
  // nullopt inside = another process holds it (holder_pid tells which, 0 = unknown).
  static Result<std::optional<InstanceLock>> take(const std::filesystem::path& state_dir,
                                                  int* holder_pid);
  // Another process has it at this moment. Touches neither the file nor its owner; false when that
  // cannot be found out.
  static bool is_held(const std::filesystem::path& state_dir);
  InstanceLock(InstanceLock&& other) noexcept;
  InstanceLock& operator=(InstanceLock&&) = delete;
  ~InstanceLock();

 private:
  explicit InstanceLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace todoku::platform
