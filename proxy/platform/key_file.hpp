// SPDX-License-Identifier: Apache-2.0
#pragma once

// A key in a file (0600) of the private state directory, for systems without a keeper of secrets.
// It protects a copied database without its key, not against this user's own programs. Any
// thread; blocks; at the start.
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

namespace todoku::platform {

class KeyFile {
 public:
  static constexpr std::size_t key_size = 32;  // bytes

  explicit KeyFile(std::filesystem::path file) : file_(std::move(file)) {}
  // Nothing = there is no file. Error bad_message: it holds something else than a key.
  [[nodiscard]] Result<std::optional<wire::Secret>> read() const;
  // Synced. Error file_exists: a key is never overwritten.
  [[nodiscard]] error_code create(const wire::Secret& key) const;

 private:
  std::filesystem::path file_;
};

// size bytes of the system's good chance.
Result<wire::Secret> random_secret(std::size_t size);

}  // namespace todoku::platform
