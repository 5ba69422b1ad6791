// SPDX-License-Identifier: Apache-2.0
// flock on <state>/todoku.lock, which also holds the process id for people and messages.
#include "proxy/platform/instance_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

namespace todoku::platform {
namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

// Somebody who only looks (is_held) has the lock for some microseconds; who serves keeps it.
bool is_taken(int file) {
  constexpr int tries = 5;
  constexpr timespec between{0, 10'000'000};  // 10 ms
  for (int i = 0; i < tries; ++i) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    ::nanosleep(&between, nullptr);
  }
  errno = EWOULDBLOCK;
  return false;
}

int written_pid(int file) {
  char text[16] = {};
  return ::pread(file, text, sizeof text - 1, 0) > 0 ? std::atoi(text) : 0;
}

}  // namespace

Result<std::optional<InstanceLock>> InstanceLock::take(const std::filesystem::path& state_dir,
                                                       int* holder_pid) {
  if (holder_pid != nullptr) *holder_pid = 0;
  const std::filesystem::path path = state_dir / "todoku.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return last_error();
  InstanceLock lock(file);
  if (!is_taken(file)) {
    if (errno != EWOULDBLOCK) return last_error();
    if (holder_pid != nullptr) *holder_pid = written_pid(file);
    return std::optional<InstanceLock>();
  }
  // Only for people to read: a disk too full for it does not matter.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, pid.data(), pid.size(), 0) < 0) errno = 0;
  return std::optional<InstanceLock>(std::move(lock));
}

bool InstanceLock::is_held(const std::filesystem::path& state_dir) {
  const auto path = state_dir / "todoku.lock";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const InstanceLock closes(file);
  // Shared, so that two who look do not see each other.
  return ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

InstanceLock::InstanceLock(InstanceLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

// The file stays: removing it would let two processes lock two different files of one name.
InstanceLock::~InstanceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace todoku::platform
