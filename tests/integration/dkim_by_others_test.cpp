// SPDX-License-Identifier: Apache-2.0
// Our signatures in the eyes of another implementation (dkimpy), and its own in ours.
#include "proxy/mailauth/dkim_sign.hpp"
#include "proxy/mailauth/dkim_verify.hpp"
#include "tests/support/dkim_keys.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace todoku::mailauth {
namespace {

const std::string header =
    "Received: from a\r\nFrom: =?utf-8?B?44GC?= <taro@example.jp>\r\n"
    "To: hanako@example.net,\r\n\tjiro@example.net\r\nSubject: a  b \r\n"
    "Date: Tue, 24 Nov 2026 10:00:00 +0900\r\nMessage-ID: <1@example.jp>\r\n\r\n";
const std::string body = "Hello  \r\n\r\n. \r\n\xe3\x81\x82\r\n\r\n";

class DkimByOthersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import dkim, nacl' 2>/dev/null") != 0) {
      GTEST_SKIP() << "python3-dkim and python3-nacl are not installed";
    }
  }
  std::string put(const char* name, std::string_view content) {
    const auto file = dir_.path() / name;
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }
  static int run(const std::string& arguments) {
    const std::string script = TODOKU_SOURCE_DIR "/tests/support/dkim_by_others.py ";
    return std::system(("/usr/bin/python3 -B " + script + arguments).c_str());
  }
  support::ScratchDir dir_;
};

TEST_F(DkimByOthersTest, our_signatures_pass_and_changed_mail_fails) {
  for (const auto algorithm : {DkimAlgorithm::rsa_sha256, DkimAlgorithm::ed25519_sha256}) {
    const auto key = support::dkim_key(algorithm);
    const auto record = put("record", key.public_record());
    for (const auto header_form : {DkimForm::simple, DkimForm::relaxed}) {
      for (const auto body_form : {DkimForm::simple, DkimForm::relaxed}) {
        DkimBodyHash hash(body_form);
        hash.add(body);
        const auto field =
            dkim_signature_field({"example.jp", "todoku", header_form, body_form}, key, header,
                                 hash.finish(), std::chrono::seconds(1'700'000'000));
        const auto right = put("right", field + header + body);
        EXPECT_EQ(run("verify " + right + " " + record), 0) << field;
        const auto changed = put("changed", field + header + body + "more\r\n");
        EXPECT_NE(run("verify " + changed + " " + record), 0) << field;
      }
    }
  }
}

TEST_F(DkimByOthersTest, their_signatures_pass_here) {
  const auto pem = support::rsa_pem(2048);
  const auto key = std::get<DkimPrivateKey>(DkimPrivateKey::from_pem(pem));
  const auto message = put("message", header + body);
  const auto files = message + " " + put("key", pem.reveal());
  const auto out = (dir_.path() / "signed").string();
  ASSERT_EQ(run("sign " + files + " example.jp todoku rsa-sha256 >" + out), 0);
  std::ifstream file(out, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  support::FakeDns dns;
  dns.txt("todoku._domainkey.example.jp", key.public_record());
  DkimVerification verification(bytes.substr(0, bytes.size() - body.size()), {});
  verification.add_body(body);
  dns.run(verification);
  ASSERT_EQ(verification.outcomes().size(), 1U);
  EXPECT_EQ(verification.outcomes()[0].result, DkimResult::pass)
      << verification.outcomes()[0].problem;
}

}  // namespace
}  // namespace todoku::mailauth
