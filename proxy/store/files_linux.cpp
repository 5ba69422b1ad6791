// SPDX-License-Identifier: Apache-2.0
// Spool files by POSIX calls.
#include "proxy/store/files.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

namespace todoku::store {
namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

class SystemFiles : public Files {
 public:
  Result<int> create(const std::filesystem::path& file) override {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (made < 0) return last_error();
    return made;
  }

  Result<std::size_t> write_at(int descriptor, std::string_view bytes,
                               std::uint64_t offset) override {
    const ssize_t count =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno != EINTR) return last_error();
    return count < 0 ? write_at(descriptor, bytes, offset) : static_cast<std::size_t>(count);
  }

  Result<std::size_t> read_at(int descriptor, char* into, std::size_t size,
                              std::uint64_t offset) override {
    const ssize_t count = ::pread(descriptor, into, size, static_cast<off_t>(offset));
    if (count < 0 && errno != EINTR) return last_error();
    return count < 0 ? read_at(descriptor, into, size, offset) : static_cast<std::size_t>(count);
  }

  Result<std::uint64_t> free_bytes(const std::filesystem::path& dir) override {
    struct statvfs space {};
    if (::statvfs(dir.c_str(), &space) != 0) return last_error();
    return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  }

  void close_and_remove(int descriptor, const std::filesystem::path& file) override {
    ::close(descriptor);
    ::unlink(file.c_str());
  }
};

}  // namespace

std::unique_ptr<Files> system_files() {
  return std::make_unique<SystemFiles>();
}

}  // namespace todoku::store
