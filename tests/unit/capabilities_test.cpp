// SPDX-License-Identifier: Apache-2.0
// EHLO keywords in all their spellings.
#include "proxy/smtp/capabilities.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

Capabilities of(std::initializer_list<const char*> lines) {
  Capabilities out;
  for (const char* line : lines) read_keyword(out, line);
  return out;
}

TEST(Capabilities, keywords_are_read_in_any_case) {
  const Capabilities c = of({"pipelining", "8bitMIME", "SmtpUtf8", "DSN", "chunking", "StartTLS",
                             "EnhancedStatusCodes", "XCLIENT NAME ADDR", "", "="});
  EXPECT_TRUE(c.pipelining && c.eight_bit_mime && c.smtputf8 && c.dsn && c.chunking && c.starttls &&
              c.enhanced_status_codes);
  EXPECT_FALSE(c.has_size || c.offers_login);
  EXPECT_EQ(of({"PIPELININGX", "XDSN"}), Capabilities{});
}

TEST(Capabilities, size_without_a_usable_number_is_no_fixed_maximum) {
  EXPECT_EQ(of({"SIZE 35882577"}).max_size, 35882577U);
  EXPECT_EQ(of({"size=1000"}).max_size, 1000U);
  EXPECT_EQ(of({"SIZE 18446744073709551615"}).max_size, 18446744073709551615U);
  for (const char* line : {"SIZE", "SIZE ", "SIZE 0", "SIZE 99999999999999999999999", "SIZE -1",
                           "SIZE 10MB", "SIZE x"}) {
    EXPECT_TRUE(of({line}).has_size) << line;
    EXPECT_FALSE(of({line}).max_size) << line;
  }
}

TEST(Capabilities, mechanisms_of_both_auth_forms_are_merged) {
  const Capabilities c = of({"AUTH plain  Login XOAUTH2 CRAM-MD5", "AUTH=LOGIN PLAIN OAUTHBEARER"});
  EXPECT_TRUE(c.offers_login);
  EXPECT_EQ(c.mechanisms, (std::vector{Mechanism::plain, Mechanism::login, Mechanism::xoauth2,
                                       Mechanism::oauthbearer}));
  const Capabilities unknown = of({"AUTH GSSAPI"});
  EXPECT_TRUE(unknown.offers_login);
  EXPECT_TRUE(unknown.mechanisms.empty());
}

TEST(Capabilities, intersection_is_what_both_can_carry) {
  const Capabilities a = of({"SIZE 1000", "PIPELINING", "DSN", "AUTH PLAIN LOGIN"});
  const Capabilities b = of({"SIZE 500", "DSN", "CHUNKING", "AUTH LOGIN XOAUTH2"});
  const Capabilities both = intersection(a, b);
  EXPECT_EQ(both.max_size, 500U);
  EXPECT_TRUE(both.dsn && both.has_size && both.offers_login);
  EXPECT_FALSE(both.pipelining || both.chunking);
  EXPECT_EQ(both.mechanisms, std::vector{Mechanism::login});
  EXPECT_EQ(intersection(a, of({"SIZE"})).max_size, 1000U);
}

}  // namespace
}  // namespace todoku::smtp
