// SPDX-License-Identifier: Apache-2.0
// Properties of the certificate made for this PC, and when it is made anew.
#include "proxy/net/certificate.hpp"

#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

namespace todoku::net {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

std::unique_ptr<X509, FreeX509> load(const std::filesystem::path& file) {
  std::FILE* opened = std::fopen(file.c_str(), "r");
  std::unique_ptr<X509, FreeX509> read(PEM_read_X509(opened, nullptr, nullptr, nullptr));
  std::fclose(opened);
  return read;
}

class CertificateTest : public ::testing::Test {
 protected:
  CertificateFiles ensure(system_clock::time_point now) {
    const auto files = ensure_certificate(dir_.path(), now);
    EXPECT_TRUE(files.has_value());
    return files ? *files : CertificateFiles{};
  }
  support::ScratchDir dir_;
  system_clock::time_point now_ = system_clock::now();
};

TEST_F(CertificateTest, HasTheAgreedProperties) {
  const CertificateFiles files = ensure(now_);
  const auto certificate = load(files.certificate);
  ASSERT_TRUE(certificate);
  X509* x509 = certificate.get();
  EXPECT_EQ(X509_get_version(x509), 2);
  EXPECT_EQ(X509_check_host(x509, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(x509, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(x509, "::1", 0), 1);
  EXPECT_NE(X509_check_host(x509, "example.jp", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ca(x509), 0);
  EXPECT_EQ(X509_get_key_usage(x509), static_cast<unsigned>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(x509), static_cast<unsigned>(XKU_SSL_SERVER));
  EXPECT_EQ(EVP_PKEY_get_base_id(X509_get0_pubkey(x509)), EVP_PKEY_EC);
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(x509)), 256);
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x509), X509_get0_notAfter(x509));
  EXPECT_EQ(days, 397);
  EXPECT_EQ(seconds, 0);
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(x509)), 0);
  EXPECT_EQ(files.fingerprint.size(), 32U * 3 - 1);
}

TEST_F(CertificateTest, FilesHaveTheirModes) {
  const CertificateFiles files = ensure(now_);
  struct stat found {};
  ASSERT_EQ(::stat(files.key.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat(files.certificate.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0644U);
}

TEST_F(CertificateTest, IsKeptUntilAMonthBeforeItsEnd) {
  const CertificateFiles first = ensure(now_);
  EXPECT_TRUE(first.was_made);
  const CertificateFiles later = ensure(now_ + 24h * 365);
  EXPECT_FALSE(later.was_made);
  EXPECT_EQ(later.fingerprint, first.fingerprint);
  const CertificateFiles renewed = ensure(now_ + 24h * 367);
  EXPECT_TRUE(renewed.was_made);
  EXPECT_NE(renewed.fingerprint, first.fingerprint);
}

TEST_F(CertificateTest, IsMadeAnewWhenUnusable) {
  CertificateFiles files = ensure(now_);
  std::ofstream(files.certificate) << "rubbish";
  EXPECT_TRUE(ensure(now_).was_made);
  std::filesystem::remove(files.key);
  EXPECT_TRUE(ensure(now_).was_made);
  const support::ScratchDir other;
  const auto foreign = ensure_certificate(other.path(), now_);
  std::filesystem::copy_file(foreign->key, files.key,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(ensure(now_).was_made) << "the key of another certificate";
  EXPECT_FALSE(ensure(now_).was_made);
}

TEST_F(CertificateTest, NoPlaceToWriteIsAnError) {
  EXPECT_TRUE(ensure_certificate(dir_.path() / "missing", now_).has_error());
}

}  // namespace
}  // namespace todoku::net
