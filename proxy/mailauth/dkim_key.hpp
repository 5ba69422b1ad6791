// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keys of DKIM: RSA (RFC 6376, RFC 8301: SHA-256, 1024 bits at least) and Ed25519 (RFC 8463). Pure.
#include "proxy/wire/secret.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

struct evp_pkey_st;

namespace todoku::mailauth {

enum class DkimAlgorithm : std::uint8_t {
  rsa_sha256,
  ed25519_sha256,
};
[[nodiscard]] const char* to_string(DkimAlgorithm algorithm);  // "rsa-sha256"

// Where a key is published (RFC 6376 section 3.6.2.1): SELECTOR._domainkey.DOMAIN.
[[nodiscard]] std::string dkim_key_name(std::string_view selector, std::string_view domain);

using DkimKeyHandle = std::shared_ptr<evp_pkey_st>;  // never changed after it was made

class DkimPrivateKey {
 public:
  // The key, or why it is none (English; never a part of it).
  static std::variant<DkimPrivateKey, std::string> from_pem(const wire::Secret& pem);
  [[nodiscard]] DkimAlgorithm algorithm() const { return algorithm_; }
  // The bytes of the signature over these bytes. Empty = OpenSSL failed.
  [[nodiscard]] std::string sign(std::string_view bytes) const;
  // What is published at SELECTOR._domainkey.DOMAIN.
  [[nodiscard]] std::string public_record() const;

 private:
  DkimPrivateKey(DkimKeyHandle key, DkimAlgorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm) {}
  DkimKeyHandle key_;
  DkimAlgorithm algorithm_;
};

class DkimPublicKey {
 public:
  // bytes: of p=, decoded.
  static std::variant<DkimPublicKey, std::string> from_bytes(DkimAlgorithm algorithm,
                                                             std::string_view bytes);
  [[nodiscard]] bool verifies(std::string_view bytes, std::string_view signature) const;

 private:
  DkimPublicKey(DkimKeyHandle key, DkimAlgorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm) {}
  DkimKeyHandle key_;
  DkimAlgorithm algorithm_;
};

}  // namespace todoku::mailauth
