// SPDX-License-Identifier: Apache-2.0
#pragma once

// The few file operations that spool files need. A class of its own so that tests can let each of
// them fail; system_files() is the real one.
#include "proxy/wire/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace todoku::store {

class Files {
 public:
  virtual ~Files() = default;
  // Mode 0600; an existing file of that name is an error.
  virtual Result<int> create(const std::filesystem::path& file) = 0;
  // May write less than asked.
  virtual Result<std::size_t> write_at(int descriptor, std::string_view bytes,
                                       std::uint64_t offset) = 0;
  // May read less than asked; 0 = the file ends here.
  virtual Result<std::size_t> read_at(int descriptor, char* into, std::size_t size,
                                      std::uint64_t offset) = 0;
  virtual Result<std::uint64_t> free_bytes(const std::filesystem::path& dir) = 0;
  virtual void close_and_remove(int descriptor, const std::filesystem::path& file) = 0;
};

std::unique_ptr<Files> system_files();

}  // namespace todoku::store
