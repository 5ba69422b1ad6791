// SPDX-License-Identifier: Apache-2.0
#pragma once

// A small file that is either the old or the new content, never half (write aside, sync, rename).
// Any thread; blocks.
#include "proxy/wire/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace todoku::platform {

enum class FileMode {
  secret_0600,
  public_0644
};
error_code write_atomically(const std::filesystem::path& file, std::string_view content,
                            FileMode mode);
// Whole content; refuses more than max_bytes (errc::file_too_large).
Result<std::string> read_small(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace todoku::platform
