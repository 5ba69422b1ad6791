// SPDX-License-Identifier: Apache-2.0
// Write aside, sync, rename, sync the directory: after a crash the old or the new file is there.
#include "proxy/platform/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace todoku::platform {
namespace fs = std::filesystem;

namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  // Some file systems report a full disk only here.
  error_code close() {
    const int result = ::close(number_);
    number_ = -1;
    return result == 0 ? error_code() : last_error();
  }

 private:
  int number_;
};

error_code write_whole(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

error_code fill(int number, std::string_view content, FileMode mode) {
  const mode_t bits = mode == FileMode::secret_0600 ? 0600 : 0644;
  // mkstemp makes 0600; fchmod because the user's umask must not hide a public file.
  if (::fchmod(number, bits) != 0) return last_error();
  if (const error_code code = write_whole(number, content)) return code;
  return ::fsync(number) == 0 ? error_code() : last_error();
}

void sync_directory(const fs::path& dir) {
  const Descriptor opened(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) ::fsync(opened.get());  // some file systems refuse; the rename stands
}

}  // namespace

error_code write_atomically(const fs::path& file, std::string_view content, FileMode mode) {
  std::string aside = file.string() + ".XXXXXX";
  Descriptor opened(::mkostemp(aside.data(), O_CLOEXEC));
  if (opened.get() < 0) return last_error();
  error_code code = fill(opened.get(), content, mode);
  const error_code closing = opened.close();
  if (!code) code = closing;
  if (!code && ::rename(aside.c_str(), file.c_str()) != 0) code = last_error();
  if (code) {
    ::unlink(aside.c_str());
    return code;
  }
  sync_directory(file.has_parent_path() ? file.parent_path() : fs::path("."));
  return {};
}

Result<std::string> read_small(const fs::path& file, std::size_t max_bytes) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return last_error();
  std::string content;
  for (;;) {
    char block[4096];
    const ssize_t count = ::read(opened.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    if (count == 0) return content;
    content.append(block, static_cast<std::size_t>(count));
    if (content.size() > max_bytes) {
      return error_code(boost::system::errc::make_error_code(boost::system::errc::file_too_large));
    }
  }
}

}  // namespace todoku::platform
