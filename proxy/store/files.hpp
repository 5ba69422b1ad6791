// SPDX-License-Identifier: Apache-2.0
#pragma once

// The few file operations that spool files and the journal need. A class of its own so that tests
// can let each of them fail; system_files() is the real one. Any thread: sync is called on a worker
// thread while the I/O thread goes on with other files.
#include "proxy/wire/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace todoku::store {

class Files {
 public:
  virtual ~Files() = default;
  // Mode 0600; an existing file of that name is an error.
  virtual Result<int> create(const std::filesystem::path& file) = 0;
  // For reading and writing. Never follows a symbolic link.
  virtual Result<int> open_existing(const std::filesystem::path& file) = 0;
  // May write less than asked.
  virtual Result<std::size_t> write_at(int descriptor, std::string_view bytes,
                                       std::uint64_t offset) = 0;
  // May read less than asked; 0 = the file ends here.
  virtual Result<std::size_t> read_at(int descriptor, char* into, std::size_t size,
                                      std::uint64_t offset) = 0;
  virtual Result<std::uint64_t> size_of(int descriptor) = 0;  // bytes
  virtual error_code truncate(int descriptor, std::uint64_t size) = 0;
  virtual Result<std::uint64_t> free_bytes(const std::filesystem::path& dir) = 0;
  // Begins to bring the bytes to the disk and does not wait: several files sync faster together.
  virtual void begin_sync(int descriptor) = 0;
  // After these a power cut loses nothing of the file, or of the names in the directory. They
  // block.
  virtual error_code sync(int descriptor) = 0;
  virtual error_code sync_dir(const std::filesystem::path& dir) = 0;

  struct Entry {
    std::filesystem::path name;  // within the directory
    std::uint64_t size = 0;      // bytes
  };
  // Regular files only.
  virtual Result<std::vector<Entry>> list(const std::filesystem::path& dir) = 0;
  virtual void close(int descriptor) = 0;
  // A file that is not there is no error.
  virtual error_code remove(const std::filesystem::path& file) = 0;
};

std::unique_ptr<Files> system_files();

// All of it, however little is written or read at once. Error of read_all: io_error when the file
// ends before.
error_code write_all(Files& files, int descriptor, std::string_view bytes, std::uint64_t offset);
error_code read_all(Files& files, int descriptor, char* into, std::size_t size,
                    std::uint64_t offset);

}  // namespace todoku::store
