// SPDX-License-Identifier: Apache-2.0
// Debian, Ubuntu, SUSE and others: /etc/ssl/certs, hashed by their ca-certificates package.
#include "proxy/platform/tls_roots.hpp"

#include <algorithm>
#include <cstdlib>

namespace todoku::platform {

std::optional<std::filesystem::path> hashed_root_directory() {
  if (std::getenv("SSL_CERT_FILE") != nullptr) return std::nullopt;
  const char* named = std::getenv("SSL_CERT_DIR");
  const std::filesystem::path directory = named != nullptr ? named : "/etc/ssl/certs";
  std::error_code failed;
  const std::filesystem::directory_iterator entries(directory, failed);
  if (failed) return std::nullopt;
  const bool is_hashed =
      std::any_of(begin(entries), end(entries), [](const std::filesystem::directory_entry& entry) {
        return entry.path().extension() == ".0";
      });
  if (!is_hashed) return std::nullopt;
  return directory;
}

}  // namespace todoku::platform
