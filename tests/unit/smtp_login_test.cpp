// SPDX-License-Identifier: Apache-2.0
// base64 and the SASL messages of the four mechanisms.
#include "proxy/smtp/login.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

using Outcome = LoginExchange::Outcome;
using std::string_literals::operator""s;

TEST(Base64, decodes_strictly) {
  EXPECT_EQ(decode_base64("AGEAYg=="), "\0a\0b"s);
  EXPECT_EQ(decode_base64(""), "");
  for (const char* bad : {"A", "AA", "AA=", "AB==", "A===", "====", "AA==AA==", "A A=", "AAA\n"})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

TEST(Base64, round_trips) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    bytes += static_cast<char>(i);
  }
}

struct Seen {
  Outcome outcome = Outcome::refused;
  Credentials credentials;
  Reply refusal;
};

Seen begin(Mechanism mechanism, const std::string& message) {
  LoginExchange exchange;
  Seen seen;
  seen.outcome = exchange.begin(mechanism, encode_base64(message));
  seen.credentials = exchange.credentials();
  seen.refusal = exchange.refusal();
  return seen;
}

TEST(Login, plain) {
  const Seen seen = begin(Mechanism::plain, "\0me@example.jp\0p w"s);
  EXPECT_EQ(seen.outcome, Outcome::complete);
  EXPECT_EQ(seen.credentials.user, "me@example.jp");
  EXPECT_EQ(seen.credentials.password.reveal(), "p w");
  EXPECT_EQ(begin(Mechanism::plain, "me\0me\0pw"s).outcome, Outcome::complete);
  EXPECT_EQ(begin(Mechanism::plain, "you\0me\0pw"s).refusal.code, 535);
  EXPECT_EQ(begin(Mechanism::plain, "\0me\0"s).refusal.code, 535);
  EXPECT_EQ(begin(Mechanism::plain, "me").refusal.code, 501);
  EXPECT_EQ(begin(Mechanism::plain, "\0me\0p\0w"s).refusal.code, 501);
}

TEST(Login, plain_in_two_steps_and_cancelled) {
  LoginExchange exchange;
  EXPECT_EQ(exchange.begin(Mechanism::plain, std::nullopt), Outcome::challenge);
  EXPECT_EQ(exchange.challenge(), "");
  EXPECT_EQ(exchange.respond(encode_base64("\0a\0b"s)), Outcome::complete);
  EXPECT_EQ(exchange.begin(Mechanism::plain, std::nullopt), Outcome::challenge);
  EXPECT_EQ(exchange.respond("*"), Outcome::refused);
  EXPECT_EQ(to_line(exchange.refusal()).substr(0, 9), "501 5.7.0");
}

TEST(Login, login_with_and_without_initial_response) {
  LoginExchange exchange;
  EXPECT_EQ(exchange.begin(Mechanism::login, std::nullopt), Outcome::challenge);
  EXPECT_EQ(exchange.challenge(), "VXNlcm5hbWU6");
  EXPECT_EQ(exchange.respond(encode_base64("user")), Outcome::challenge);
  EXPECT_EQ(exchange.challenge(), "UGFzc3dvcmQ6");
  EXPECT_EQ(exchange.respond(encode_base64("p\xE9")), Outcome::complete);
  EXPECT_EQ(exchange.credentials().password.reveal(), "p\xE9");
  EXPECT_EQ(exchange.begin(Mechanism::login, "dXNlcg=="), Outcome::challenge);
  EXPECT_EQ(exchange.challenge(), "UGFzc3dvcmQ6");
  EXPECT_EQ(exchange.respond("="), Outcome::refused);
}

TEST(Login, xoauth2) {
  const Seen seen = begin(Mechanism::xoauth2,
                          "user=me@x\x01"
                          "auth=Bearer tok.en\x01\x01");
  EXPECT_EQ(seen.outcome, Outcome::complete);
  EXPECT_EQ(seen.credentials.user, "me@x");
  EXPECT_EQ(seen.credentials.password.reveal(), "tok.en");
  EXPECT_EQ(begin(Mechanism::xoauth2,
                  "user=me@x\x01"
                  "auth=Basic x\x01\x01")
                .refusal.code,
            501);
  EXPECT_EQ(begin(Mechanism::xoauth2, "auth=Bearer x\x01\x01").refusal.code, 501);
  EXPECT_EQ(begin(Mechanism::xoauth2,
                  "user=me@x\x01"
                  "auth=Bearer tok")
                .refusal.code,
            501);
}

TEST(Login, oauthbearer) {
  const Seen seen = begin(Mechanism::oauthbearer,
                          "n,a=m=2Ce@x=3D,\x01host=h\x01port=587\x01"
                          "auth=Bearer t\x01\x01");
  EXPECT_EQ(seen.outcome, Outcome::complete);
  EXPECT_EQ(seen.credentials.user, "m,e@x=");
  EXPECT_EQ(seen.credentials.password.reveal(), "t");
  EXPECT_EQ(begin(Mechanism::oauthbearer,
                  "n,,\x01"
                  "auth=Bearer t\x01\x01")
                .outcome,
            Outcome::complete);
  for (const char* bad : {"n,a=x\x01"
                          "auth=Bearer t\x01\x01",
                          "p,,\x01"
                          "auth=Bearer t\x01\x01",
                          "n,,",
                          "n,a==2X,\x01"
                          "auth=Bearer t\x01\x01",
                          "n,\x01"
                          "auth=Bearer t\x01\x01"})
    EXPECT_EQ(begin(Mechanism::oauthbearer, bad).refusal.code, 501) << bad;
}

}  // namespace
}  // namespace todoku::smtp
