// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where this system keeps the certificates of the authorities that it trusts. One of the five
// platform pairs. Any thread.
#include <filesystem>
#include <optional>

namespace todoku::platform {

// A folder of certificates named by their hash, of which TLS reads only the one it needs: far
// cheaper at the start than a bundle of all. nullopt = there is none, or the user names a bundle
// (SSL_CERT_FILE): the TLS library's defaults are right.
[[nodiscard]] std::optional<std::filesystem::path> hashed_root_directory();

}  // namespace todoku::platform
