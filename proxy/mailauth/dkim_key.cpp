// SPDX-License-Identifier: Apache-2.0
// RSA signs the bytes by SHA-256; Ed25519 signs their SHA-256 (RFC 8463 section 3).
#include "proxy/mailauth/dkim_key.hpp"

#include "proxy/smtp/login.hpp"
#include "proxy/wire/freed.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

namespace todoku::mailauth {

namespace {

constexpr int least_rsa_bits = 1024;  // RFC 8301 section 3.2
constexpr int most_rsa_bits = 8192;   // more would take long to verify

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

DkimKeyHandle held(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* one) { EVP_PKEY_free(one); }};
}

using Context = std::unique_ptr<EVP_MD_CTX, wire::Freed<EVP_MD_CTX_free>>;

// What is handed to the key, and by which digest of its own.
std::string input_of(DkimAlgorithm algorithm, std::string_view bytes) {
  if (algorithm == DkimAlgorithm::rsa_sha256) return std::string(bytes);
  std::string digest(32, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}
const EVP_MD* digest_of(DkimAlgorithm algorithm) {
  return algorithm == DkimAlgorithm::rsa_sha256 ? EVP_sha256() : nullptr;
}

std::string rsa_fault(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < least_rsa_bits) return "the RSA key has fewer than 1024 bits";
  if (bits > most_rsa_bits) return "the RSA key has more than 8192 bits";
  return {};
}

}  // namespace

const char* to_string(DkimAlgorithm algorithm) {
  return algorithm == DkimAlgorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

std::string dkim_key_name(std::string_view selector, std::string_view domain) {
  return std::string(selector) + "._domainkey." + std::string(domain);
}

std::variant<DkimPrivateKey, std::string> DkimPrivateKey::from_pem(const wire::Secret& pem) {
  const auto text = pem.reveal();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  // A password is not asked for: an empty one is given instead of a prompt.
  char none[] = "";
  auto key = held(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, none));
  if (!key) return "it is no private key in PEM, or it has a password";
  switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA:
      if (auto fault = rsa_fault(key.get()); !fault.empty()) return fault;
      return DkimPrivateKey(std::move(key), DkimAlgorithm::rsa_sha256);
    case EVP_PKEY_ED25519:
      return DkimPrivateKey(std::move(key), DkimAlgorithm::ed25519_sha256);
    default:
      return "it is neither an RSA nor an Ed25519 key";
  }
}

std::string DkimPrivateKey::sign(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new());
  const auto input = input_of(algorithm_, bytes);
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, digest_of(algorithm_), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(input), input.size()) != 1) {
    return {};
  }
  std::string signature(size, '\0');
  auto* const into = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), into, &size, bytes_of(input), input.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

std::string DkimPrivateKey::public_record() const {
  if (algorithm_ == DkimAlgorithm::ed25519_sha256) {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    return "v=DKIM1; k=ed25519; p=" + smtp::encode_base64(raw);
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) return {};
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return "v=DKIM1; k=rsa; p=" + smtp::encode_base64(bytes);
}

std::variant<DkimPublicKey, std::string> DkimPublicKey::from_bytes(DkimAlgorithm algorithm,
                                                                   std::string_view bytes) {
  if (algorithm == DkimAlgorithm::ed25519_sha256) {
    auto key =
        held(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
    if (!key) return "the published key is no Ed25519 key";
    return DkimPublicKey(std::move(key), algorithm);
  }
  // Published as SubjectPublicKeyInfo; RFC 6376 section 3.6.1 itself speaks of RSAPublicKey.
  const auto* at = bytes_of(bytes);
  auto key = held(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())));
  at = bytes_of(bytes);
  if (!key) key = held(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(bytes.size())));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return "the published key is no RSA key";
  }
  if (auto fault = rsa_fault(key.get()); !fault.empty()) return fault;
  return DkimPublicKey(std::move(key), algorithm);
}

bool DkimPublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  const auto input = input_of(algorithm_, bytes);
  return EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm_), nullptr, key_.get()) ==
             1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(input),
                          input.size()) == 1;
}

}  // namespace todoku::mailauth
