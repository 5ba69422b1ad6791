// SPDX-License-Identifier: Apache-2.0
// Spool files and the journal by POSIX calls.
#include "proxy/store/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
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

  Result<int> open_existing(const std::filesystem::path& file) override {
    const int opened = ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0) return last_error();
    return opened;
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

  Result<std::uint64_t> size_of(int descriptor) override {
    struct stat found {};
    if (::fstat(descriptor, &found) != 0) return last_error();
    return static_cast<std::uint64_t>(found.st_size);
  }

  error_code truncate(int descriptor, std::uint64_t size) override {
    return ::ftruncate(descriptor, static_cast<off_t>(size)) == 0 ? error_code() : last_error();
  }

  void begin_sync(int descriptor) override {
    ::sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
  }

  // Not fdatasync: a new file's mode belongs to it as well.
  error_code sync(int descriptor) override {
    return ::fsync(descriptor) == 0 ? error_code() : last_error();
  }

  error_code sync_dir(const std::filesystem::path& dir) override {
    const int opened = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return last_error();
    error_code code = ::fsync(opened) == 0 ? error_code() : last_error();
    if (code == boost::system::errc::invalid_argument) code = {};  // needless on that file system
    ::close(opened);
    return code;
  }

  Result<std::vector<Entry>> list(const std::filesystem::path& dir) override {
    std::error_code code;
    std::vector<Entry> entries;
    for (std::filesystem::directory_iterator at(dir, code), end; !code && at != end;
         at.increment(code)) {
      std::error_code gone;
      if (at->symlink_status(gone).type() != std::filesystem::file_type::regular) continue;
      const auto size = at->file_size(gone);
      if (!gone) entries.push_back({at->path().filename(), size});
    }
    if (code) return error_code(code);
    return entries;
  }

  void close(int descriptor) override { ::close(descriptor); }

  error_code remove(const std::filesystem::path& file) override {
    return ::unlink(file.c_str()) == 0 || errno == ENOENT ? error_code() : last_error();
  }
};

}  // namespace

std::unique_ptr<Files> system_files() {
  return std::make_unique<SystemFiles>();
}

}  // namespace todoku::store
