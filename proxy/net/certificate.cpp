// SPDX-License-Identifier: Apache-2.0
// Makes and checks Todoku's own certificate with OpenSSL. Handles are freed by unique_ptr.
#include "proxy/net/certificate.hpp"

#include "proxy/net/error.hpp"
#include "proxy/platform/atomic_file.hpp"
#include "proxy/wire/freed.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <utility>

namespace todoku::net {
namespace {

using std::chrono::system_clock;

using wire::Freed;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::size_t max_pem = 64 * 1024;
constexpr long day = 24 * 60 * 60;
constexpr int days_valid = 397;   // the longest that browsers and mail clients take without murmur
constexpr int days_renewed = 30;  // before its end

struct Pair {
  Certificate certificate;
  Key key;
  [[nodiscard]] bool is_whole() const { return certificate && key; }
};

Pair load(const CertificateFiles& files) {
  const Result<std::string> certificate = platform::read_small(files.certificate, max_pem);
  const Result<std::string> key = platform::read_small(files.key, max_pem);
  Pair pair;
  if (!certificate || !key) return pair;
  const Memory first(BIO_new_mem_buf(certificate->data(), static_cast<int>(certificate->size())));
  const Memory second(BIO_new_mem_buf(key->data(), static_cast<int>(key->size())));
  pair.certificate.reset(PEM_read_bio_X509(first.get(), nullptr, nullptr, nullptr));
  // The password "" keeps OpenSSL from asking on the terminal.
  pair.key.reset(PEM_read_bio_PrivateKey(second.get(), nullptr, nullptr, const_cast<char*>("")));
  ERR_clear_error();
  return pair;
}

bool is_fit(const Pair& pair, system_clock::time_point now) {
  if (!pair.is_whole()) return false;
  const bool matches = X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1;
  ERR_clear_error();
  std::time_t then = system_clock::to_time_t(now) + days_renewed * day;
  std::time_t today = system_clock::to_time_t(now);
  return matches && X509_cmp_time(X509_get0_notAfter(pair.certificate.get()), &then) > 0 &&
         X509_cmp_time(X509_get0_notBefore(pair.certificate.get()), &today) < 0;
}

bool add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const Number number(BN_new());  // RFC 5280 section 4.1.2.2: positive, at most 20 octets
  return number && BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, system_clock::time_point now) {
  // From a day ago, so that a clock corrected backwards does not make it "not yet valid".
  std::time_t today = system_clock::to_time_t(now);
  return X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, &today) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), days_valid - 1, 0, &today) != nullptr;
}

bool set_names(X509* certificate) {
  static constexpr unsigned char name[] = "localhost";
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         add_extension(certificate, NID_subject_alt_name,
                       "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1") &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_key_identifier, "hash");
}

Pair make(system_clock::time_point now) {
  Pair pair;
  pair.key.reset(EVP_EC_gen("P-256"));
  pair.certificate.reset(X509_new());
  if (!pair.is_whole()) return {};
  X509* certificate = pair.certificate.get();
  const bool is_made = X509_set_version(certificate, 2) == 1 &&  // 2 means version 3
                       set_serial(certificate) && set_times(certificate, now) &&
                       X509_set_pubkey(certificate, pair.key.get()) == 1 &&
                       set_names(certificate) &&
                       X509_sign(certificate, pair.key.get(), EVP_sha256()) > 0;
  ERR_clear_error();
  return is_made ? std::move(pair) : Pair{};
}

std::string content_of(const Memory& memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

error_code save(const Pair& pair, const CertificateFiles& files) {
  const Memory certificate(BIO_new(BIO_s_mem()));
  const Memory key(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_X509(certificate.get(), pair.certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key.get(), pair.key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return error::bad_certificate;
  }
  // The key first: a crash in between leaves a pair that does not match and is made anew.
  const error_code code =
      platform::write_atomically(files.key, content_of(key), platform::FileMode::secret_0600);
  if (code) return code;
  return platform::write_atomically(files.certificate, content_of(certificate),
                                    platform::FileMode::public_0644);
}

std::string fingerprint_of(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  X509_digest(certificate, EVP_sha256(), digest, &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    char byte[4];
    std::snprintf(byte, sizeof byte, "%02X:", digest[i]);
    text += byte;
  }
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

Result<CertificateFiles> ensure_certificate(const std::filesystem::path& state_dir,
                                            system_clock::time_point now) {
  CertificateFiles files;
  files.certificate = state_dir / "certificate.pem";
  files.key = state_dir / "certificate.key";
  Pair pair = load(files);
  if (!is_fit(pair, now)) {
    pair = make(now);
    if (!pair.is_whole()) return make_error_code(error::bad_certificate);
    if (const error_code code = save(pair, files)) return code;
    files.was_made = true;
  }
  files.fingerprint = fingerprint_of(pair.certificate.get());
  return files;
}

}  // namespace todoku::net
