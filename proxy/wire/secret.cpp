// SPDX-License-Identifier: Apache-2.0
// Secrets are wiped with OPENSSL_cleanse, which the compiler may not drop as a dead store.
#include "proxy/wire/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace todoku::wire {

namespace {

void wipe(std::string& bytes) {
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  // A short string is copied by the move, not stolen: grow into its old room and wipe it.
  other.bytes_.resize(other.bytes_.capacity());
  wipe(other.bytes_);
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = other.bytes_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    other.bytes_.resize(other.bytes_.capacity());
    wipe(other.bytes_);
  }
  return *this;
}

Secret::~Secret() {
  wipe(bytes_);
}

bool Secret::operator==(const Secret& other) const {
  return bytes_.size() == other.bytes_.size() &&
         CRYPTO_memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0;
}

std::string_view to_string(const Secret&) {
  return "****";
}

}  // namespace todoku::wire
