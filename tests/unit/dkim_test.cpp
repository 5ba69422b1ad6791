// SPDX-License-Identifier: Apache-2.0
// DKIM: canonical forms by the examples of RFC 6376, verification by the example of RFC 8463, and
// what was signed here.
#include "proxy/mailauth/dkim_sign.hpp"
#include "proxy/mailauth/dkim_verify.hpp"
#include "proxy/smtp/login.hpp"
#include "tests/support/dkim_keys.hpp"
#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::mailauth {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::string hash_of(std::string_view body, DkimForm form, std::size_t piece = 1'000'000,
                    std::optional<std::uint64_t> limit = std::nullopt) {
  DkimBodyHash hash(form, limit);
  for (std::size_t at = 0; at < body.size(); at += piece) hash.add(body.substr(at, piece));
  return smtp::encode_base64(hash.finish());
}

// RFC 6376 sections 3.4.3 and 3.4.4.
TEST(DkimBody, HashesOfTheEmptyBodyAreThoseOfTheRfc) {
  EXPECT_EQ(hash_of("", DkimForm::simple), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  EXPECT_EQ(hash_of("\r\n\r\n", DkimForm::simple), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  EXPECT_EQ(hash_of("", DkimForm::relaxed), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(hash_of(" \t\r\n\r\n", DkimForm::relaxed), hash_of("", DkimForm::relaxed));
}

// RFC 6376 section 3.4.5, example 2 and 3; in pieces of every size.
TEST(DkimBody, CanonicalFormsOfTheRfcsExample) {
  const std::string body = " C \r\nD \t E\r\n\r\n\r\n";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    EXPECT_EQ(hash_of(body, DkimForm::relaxed, piece), hash_of(" C\r\nD E\r\n", DkimForm::simple));
    EXPECT_EQ(hash_of(body, DkimForm::simple, piece),
              hash_of(" C \r\nD \t E\r\n", DkimForm::simple));
  }
  EXPECT_EQ(hash_of("a\r\n \r\nb", DkimForm::relaxed), hash_of("a\r\n\r\nb\r\n", DkimForm::simple));
  EXPECT_NE(hash_of("a\r\rb\r\n", DkimForm::simple), hash_of("ab\r\n", DkimForm::simple));
  EXPECT_EQ(hash_of("abc\r\ndef\r\n", DkimForm::simple, 1, 5),
            hash_of("abc\r\n", DkimForm::simple));
}

TEST(DkimHeader, CanonicalFormsOfTheRfcsExample) {
  EXPECT_EQ(canonical_field("A: X\r\n", DkimForm::relaxed), "a:X\r\n");
  EXPECT_EQ(canonical_field("B : Y\t\r\n\tZ  \r\n", DkimForm::relaxed), "b:Y Z\r\n");
  EXPECT_EQ(canonical_field("B : Y\t\r\n\tZ  \r\n", DkimForm::simple), "B : Y\t\r\n\tZ  \r\n");
}

TEST(DkimHeader, RepeatedFieldsAreTakenFromBelow) {
  const std::string section = "X: 1\r\nX: 2\r\nY: 3\r\n\r\n";
  const auto fields = fields_of(section);
  EXPECT_EQ(signed_bytes(fields, {"x", "y", "X", "x"}, "D: b=\r\n", DkimForm::simple),
            "X: 2\r\nY: 3\r\nX: 1\r\nD: b=");
}

// RFC 8463 appendix A.
const char* const rfc_header =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    " date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n";
const char* const rfc_body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

support::FakeDns rfc_dns() {
  support::FakeDns dns;
  dns.txt("brisbane._domainkey.football.example.com",
          "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
      .txt("test._domainkey.football.example.com",
           "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
           "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
           "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
           "Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
  return dns;
}

std::vector<DkimOutcome> verify(const support::FakeDns& dns, const std::string& header,
                                std::string_view body, seconds now = seconds(1'600'000'000)) {
  DkimVerification verification(header, now);
  verification.add_body(body);
  dns.run(verification);
  return verification.outcomes();
}

TEST(DkimVerification, BothSignaturesOfTheRfcPass) {
  const auto outcomes = verify(rfc_dns(), rfc_header, rfc_body);
  ASSERT_EQ(outcomes.size(), 2U);
  for (const auto& outcome : outcomes) {
    EXPECT_EQ(outcome.result, DkimResult::pass) << outcome.selector << ": " << outcome.problem;
    EXPECT_EQ(outcome.domain, "football.example.com");
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(DkimVerification, ChangesAreSeen) {
  const std::string header = rfc_header;
  const auto first = [](const std::string& changed, std::string_view body = rfc_body) {
    return verify(rfc_dns(), changed, body).at(0);
  };
  EXPECT_EQ(first(header, "Hi!\r\n").problem, "the body was changed");
  EXPECT_EQ(first(header, std::string(rfc_body) + "\r\n\r\n").result, DkimResult::pass);
  EXPECT_EQ(first(replaced(header, "dinner", "lunch")).result, DkimResult::fail);
  EXPECT_EQ(first(replaced(header, "Is dinner", "Is\r\n\tdinner")).result, DkimResult::pass);
  EXPECT_EQ(first(replaced(header, "From: Joe", "From: x@y\r\nFrom: Joe")).result, DkimResult::fail)
      << "a second From";
  EXPECT_EQ(first(replaced(header, "t=1528637909", "t=1528637908")).result, DkimResult::fail);
}

TEST(DkimVerification, WhatCannotBeUsed) {
  const std::string header = rfc_header;
  const auto problem = [&header](std::string_view what, std::string_view with) {
    const auto outcome = verify(rfc_dns(), replaced(header, what, with), rfc_body).at(0);
    EXPECT_EQ(outcome.result, DkimResult::permerror);
    return outcome.problem;
  };
  EXPECT_THAT(problem("v=1", "v=2"), HasSubstr("version 1"));
  EXPECT_THAT(problem("ed25519-sha256", "rsa-sha1"), HasSubstr("no longer safe"));
  EXPECT_THAT(problem("h=from : to :\r\n subject : date : message-id : from", "h=to"),
              HasSubstr("From is not signed"));
  EXPECT_THAT(problem("relaxed/relaxed", "nowsp"), HasSubstr("c="));
  EXPECT_THAT(problem("i=@football.example.com", "i=@example.com"), HasSubstr("i="));
  EXPECT_THAT(problem("s=brisbane", "s=nowhere"), HasSubstr("no key is published"));
  EXPECT_THAT(problem("s=brisbane", "s=test"), HasSubstr("another kind"));
  EXPECT_THAT(problem("s=brisbane", "s=brisbane; l=999"), HasSubstr("more than the body"));
  EXPECT_THAT(problem("s=brisbane", "s=brisbane; x=1"), HasSubstr("expired"));
  EXPECT_THAT(problem("b=/gCr", "b=!gCr"), HasSubstr("cannot be read"));
  auto dns = rfc_dns();
  dns.fails("test._domainkey.football.example.com", wire::RecordType::txt);
  EXPECT_EQ(verify(dns, header, rfc_body).at(1).result, DkimResult::temperror);
}

TEST(DkimVerification, KeysThatDoNotServe) {
  const auto parsed = parse_dkim_signature(
      "v=1; a=ed25519-sha256; d=a.example; s=x; i=@b.a.example; h=from; bh=AAAA; b=AAAA");
  const auto& signature = std::get<DkimSignature>(parsed);
  const std::string key = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  const auto problem = [&](const std::string& record) {
    const auto read = parse_dkim_key(record, signature);
    const auto* text = std::get_if<std::string>(&read);
    return text == nullptr ? std::string() : *text;
  };
  EXPECT_EQ(problem("v=DKIM1; k=ed25519; h=sha1:sha256; s=email:other; t=y; " + key), "");
  EXPECT_EQ(problem("k=ed25519; n=note; " + key), "");
  EXPECT_THAT(problem("k=ed25519; t=y:s; " + key), HasSubstr("below its own"));
  EXPECT_THAT(problem("k=ed25519; h=sha1; " + key), HasSubstr("SHA-256"));
  EXPECT_THAT(problem("k=ed25519; s=tlsrpt; " + key), HasSubstr("not for mail"));
  EXPECT_THAT(problem("v=DKIM1; k=ed25519; p="), HasSubstr("withdrawn"));
  EXPECT_THAT(problem("k=ed25519; p=AAAA"), HasSubstr("no Ed25519 key"));
  EXPECT_THAT(problem("k=ed25519; v=DKIM1; " + key), HasSubstr("no key"));
  EXPECT_THAT(problem("something else"), HasSubstr("no key"));
}

const std::string header =
    "Received: from a\r\nFrom: =?utf-8?B?44GC?= <taro@example.jp>\r\n"
    "To: hanako@example.net,\r\n\tjiro@example.net\r\nSubject: a  b \r\n"
    "Date: Tue, 24 Nov 2026 10:00:00 +0900\r\nMessage-ID: <1@example.jp>\r\n\r\n";
const std::string body = "Hello  \r\n\r\n. \r\nWorld\r\n\r\n";

TEST(DkimSign, WhatIsSignedHereVerifies) {
  for (const auto algorithm : {DkimAlgorithm::rsa_sha256, DkimAlgorithm::ed25519_sha256}) {
    const auto key = support::dkim_key(algorithm);
    support::FakeDns dns;
    dns.txt("todoku._domainkey.example.jp", key.public_record());
    for (const auto header_form : {DkimForm::simple, DkimForm::relaxed}) {
      for (const auto body_form : {DkimForm::simple, DkimForm::relaxed}) {
        DkimBodyHash hash(body_form);
        hash.add(body);
        const auto field = dkim_signature_field({"example.jp", "todoku", header_form, body_form},
                                                key, header, hash.finish(), seconds(1'700'000'000));
        const auto outcomes = verify(dns, field + header, body);
        ASSERT_EQ(outcomes.size(), 1U);
        EXPECT_EQ(outcomes[0].result, DkimResult::pass) << outcomes[0].problem << "\n" << field;
        for (const char* added : {"From: x@y\r\n", "Subject: z\r\n", "Reply-To: x@y\r\n"}) {
          EXPECT_EQ(verify(dns, field + added + header, body).at(0).result, DkimResult::fail)
              << added << " cannot be added";
        }
        EXPECT_EQ(
            verify(dns, "Received: b\r\n" + field + "X-Spam: no\r\n" + header, body).at(0).result,
            DkimResult::pass);
      }
    }
  }
}

TEST(DkimSign, LinesStayShort) {
  const auto key = support::dkim_key(DkimAlgorithm::rsa_sha256);
  const auto field =
      dkim_signature_field({"a-rather-long-name.of-a-domain.example.co.jp", "todoku"}, key, header,
                           std::string(32, 'h'), seconds(0));
  std::string_view rest = field;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    EXPECT_LE(line.size(), 78U) << line;
    rest.remove_prefix(line.size() + 2);
  }
}

TEST(DkimKey, OnesThatAreNotTaken) {
  const auto problem = [](const wire::Secret& pem) {
    const auto read = DkimPrivateKey::from_pem(pem);
    const auto* text = std::get_if<std::string>(&read);
    return text == nullptr ? std::string() : *text;
  };
  EXPECT_EQ(problem(support::rsa_pem(2048)), "");
  EXPECT_EQ(problem(support::ed25519_pem()), "");
  EXPECT_THAT(problem(support::rsa_pem(512)), HasSubstr("1024 bits"));
  EXPECT_THAT(problem(wire::Secret("not a key")), HasSubstr("no private key"));
  EXPECT_THAT(problem(wire::Secret("")), HasSubstr("no private key"));
  EXPECT_THAT(problem(support::pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"))),
              HasSubstr("neither"));
}

}  // namespace
}  // namespace todoku::mailauth
