// SPDX-License-Identifier: Apache-2.0
#pragma once

// The certificate that Todoku shows to mail clients on this PC: self-signed leaf (CA:FALSE), SAN
// localhost, 127.0.0.1, ::1, EKU serverAuth, 397 days, EC P-256 (RFC 5280, 9525). Made in the state
// dir.
#include "proxy/wire/result.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace todoku::net {

struct CertificateFiles {
  std::filesystem::path certificate;  // PEM, 0644
  std::filesystem::path key;          // PEM, 0600
  bool was_made = false;              // new or renewed by this call
  std::string fingerprint;            // SHA-256 with colons, for people to compare
};

// Makes the pair when it is missing, unreadable, not matching, or ends within 30 days of now.
Result<CertificateFiles> ensure_certificate(const std::filesystem::path& state_dir,
                                            std::chrono::system_clock::time_point now);

}  // namespace todoku::net
