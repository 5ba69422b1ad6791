// SPDX-License-Identifier: Apache-2.0
// The lines of each log-in mechanism.
#include "proxy/smtp/client_login.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

Credentials of(Mechanism mechanism, std::string user, std::string secret) {
  return {mechanism, std::move(user), wire::Secret(std::move(secret))};
}

Capabilities offering(const char* mechanisms) {
  Capabilities out;
  read_keyword(out, std::string("AUTH ") + mechanisms);
  return out;
}

TEST(ClientLogin, chooses_plain_before_login_for_a_password) {
  const Credentials password = of(Mechanism::login, "u", "p");
  EXPECT_EQ(choose_mechanism(password, offering("LOGIN PLAIN XOAUTH2")), Mechanism::plain);
  EXPECT_EQ(choose_mechanism(password, offering("LOGIN")), Mechanism::login);
  EXPECT_FALSE(choose_mechanism(password, offering("XOAUTH2 CRAM-MD5")));
  EXPECT_FALSE(choose_mechanism(password, Capabilities{}));
  const Credentials odd = of(Mechanism::plain, "u", std::string("a\0b", 3));
  EXPECT_EQ(choose_mechanism(odd, offering("LOGIN PLAIN")), Mechanism::login);
}

TEST(ClientLogin, sends_a_token_only_by_its_own_mechanism) {
  const Credentials token = of(Mechanism::xoauth2, "u", "t");
  EXPECT_EQ(choose_mechanism(token, offering("PLAIN XOAUTH2")), Mechanism::xoauth2);
  EXPECT_FALSE(choose_mechanism(token, offering("PLAIN LOGIN OAUTHBEARER")));
}

TEST(ClientLogin, plain_goes_with_an_initial_response) {
  ClientLogin login(of(Mechanism::plain, "tim", "tanstaaftanstaaf"), Mechanism::plain);
  EXPECT_EQ(login.first_line(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");  // RFC 4616
  EXPECT_EQ(login.answer(""), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");  // asked although it was sent
  EXPECT_EQ(login.answer(""), "*\r\n");
}

TEST(ClientLogin, a_long_response_takes_two_steps) {
  ClientLogin login(of(Mechanism::plain, "u", std::string(9300, 'p')), Mechanism::plain);
  EXPECT_EQ(login.first_line(), "AUTH PLAIN\r\n");
  EXPECT_GT(login.answer("").size(), 12'288U);
  ClientLogin token(of(Mechanism::xoauth2, "u", std::string(9300, 't')), Mechanism::xoauth2);
  EXPECT_EQ(token.first_line(), "AUTH XOAUTH2\r\n");
  EXPECT_GT(token.answer("").size(), 12'288U);
  EXPECT_EQ(token.answer("eyJzIjoxfQ=="), "\r\n");
  EXPECT_EQ(token.challenge(), "{\"s\":1}");
  EXPECT_EQ(token.answer("eyJzIjoxfQ=="), "*\r\n");
}

TEST(ClientLogin, login_answers_any_prompt_in_order) {
  for (const char* prompt : {"VXNlcm5hbWU6", "User Name", "", "=?"}) {
    ClientLogin login(of(Mechanism::plain, "user", "pass"), Mechanism::login);
    EXPECT_EQ(login.first_line(), "AUTH LOGIN\r\n");
    EXPECT_EQ(login.answer(prompt), "dXNlcg==\r\n");
    EXPECT_EQ(login.answer(prompt), "cGFzcw==\r\n");
    EXPECT_EQ(login.answer(prompt), "*\r\n");
  }
}

TEST(ClientLogin, xoauth2_reads_the_error_and_sends_an_empty_line) {
  ClientLogin login(of(Mechanism::xoauth2, "u@a.test", "tok"), Mechanism::xoauth2);
  // user=u@a.test^Aauth=Bearer tok^A^A
  EXPECT_EQ(login.first_line(), "AUTH XOAUTH2 dXNlcj11QGEudGVzdAFhdXRoPUJlYXJlciB0b2sBAQ==\r\n");
  EXPECT_EQ(login.answer("eyJzdGF0dXMiOiI0MDAifQ=="), "\r\n");
  EXPECT_EQ(login.challenge(), "{\"status\":\"400\"}");
}

TEST(ClientLogin, oauthbearer_reads_the_error_and_sends_the_kv_separator) {
  ClientLogin login(of(Mechanism::oauthbearer, "u=,x", "tok"), Mechanism::oauthbearer);
  // n,a=u=3D=2Cx,^Aauth=Bearer tok^A^A
  EXPECT_EQ(login.first_line(),
            "AUTH OAUTHBEARER bixhPXU9M0Q9MkN4LAFhdXRoPUJlYXJlciB0b2sBAQ==\r\n");
  EXPECT_EQ(login.answer("eyJzdGF0dXMiOiI0MDAifQ=="), "AQ==\r\n");
  EXPECT_EQ(login.answer("x"), "*\r\n");
}

TEST(ClientLogin, a_broken_challenge_is_survived) {
  for (const char* text : {"{\"raw\":1}", "====", "A===", "!!!!", "  AA", "\t\t\t=", "AAA"}) {
    ClientLogin login(of(Mechanism::xoauth2, "u", "t"), Mechanism::xoauth2);
    (void)login.first_line();
    EXPECT_EQ(login.answer(text), "\r\n") << text;
  }
}

}  // namespace
}  // namespace todoku::smtp
