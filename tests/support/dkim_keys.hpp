// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fresh keys for tests of DKIM.
#include "proxy/mailauth/dkim_key.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>

namespace todoku::support {

inline wire::Secret pem_of(EVP_PKEY* key) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  EVP_PKEY_free(key);
  return wire::Secret(std::move(text));
}

inline wire::Secret rsa_pem(std::size_t bits) {
  return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
}

inline wire::Secret ed25519_pem() {
  return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

inline mailauth::DkimPrivateKey dkim_key(mailauth::DkimAlgorithm algorithm) {
  const bool is_rsa = algorithm == mailauth::DkimAlgorithm::rsa_sha256;
  auto key = mailauth::DkimPrivateKey::from_pem(is_rsa ? rsa_pem(2048) : ed25519_pem());
  return std::get<mailauth::DkimPrivateKey>(std::move(key));
}

}  // namespace todoku::support
