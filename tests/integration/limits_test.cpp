// SPDX-License-Identifier: Apache-2.0
// What providers and servers say of sizes and numbers.
#include "proxy/facts/limits.hpp"

#include "proxy/cli/load_words.hpp"

#include <gtest/gtest.h>

namespace todoku::facts {
namespace {

Limits shipped(settings::Language language = settings::Language::english) {
  Limits limits;
  limits.use(cli::load_providers(), language);
  return limits;
}

TEST(Limits, a_recipients_provider_is_known_by_domain_or_mail_host) {
  const auto limits = shipped();
  const auto by_domain = limits.of_recipient("rin@docomo.ne.jp", "docomo.ne.jp", {});
  ASSERT_TRUE(by_domain.provider_limit);
  EXPECT_GE(*by_domain.provider_limit, limits.smallest());
  EXPECT_FALSE(by_domain.provider.empty());
  const auto by_host =
      limits.of_recipient("rin@koinca.example", "koinca.example", {"aspmx.l.google.com"});
  EXPECT_EQ(by_host.provider, "Gmail, also Google Workspace");
  EXPECT_TRUE(by_host.provider_limit);
  EXPECT_FALSE(limits.of_recipient("a@koinca.example", "koinca.example", {}).provider_limit);
}

TEST(Limits, what_a_server_has_said_is_remembered_by_domain) {
  Limits limits;
  EXPECT_EQ(limits.smallest(), UINT64_MAX);
  limits.learn({"koinca.example", 5'000'000, {}});
  EXPECT_EQ(limits.smallest(), 5'000'000U);
  EXPECT_EQ(limits.of_recipient("a@koinca.example", "koinca.example", {}).learned_limit,
            5'000'000U);
  EXPECT_FALSE(limits.of_recipient("a@other.example", "other.example", {}).learned_limit);
}

TEST(Limits, of_several_plans_the_one_that_surely_holds_counts) {
  auto limits = shipped();
  EXPECT_EQ(limits.rates("smtp.gmail.com", "gmail.com").max_messages_day, 500U);
  EXPECT_EQ(limits.rates("smtp.gmail.com", "koinca.example").max_messages_day, 2000U);
  EXPECT_EQ(limits.rates("smtp.gmail.com", "gmail.com").max_messages_hour, 0U);
  EXPECT_EQ(limits.rates("mail.koinca.example", "gmail.com").max_messages_day, 0U);
}

TEST(Limits, names_are_in_the_users_language) {
  auto japanese = shipped(settings::Language::japanese);
  EXPECT_NE(japanese.rates("smtp.mail.yahoo.co.jp", "yahoo.co.jp").provider, "");
}

TEST(Limits, a_size_in_words_becomes_octets) {
  EXPECT_EQ(octets_in("10240000"), 10'240'000U);
  EXPECT_EQ(octets_in("25 MB"), 25'000'000U);
  EXPECT_EQ(octets_in("20M"), 20'000'000U);
  EXPECT_EQ(octets_in("10.5 MB"), 10'500'000U);
  EXPECT_EQ(octets_in("35882577 bytes"), 35'882'577U);
  EXPECT_EQ(octets_in("1 GB"), 1'000'000'000U);
  for (const char* none : {"", "MB", "552", "-5 MB", "99999 GB", "12", "nan", "1e300"})
    EXPECT_FALSE(octets_in(none)) << none;
}

}  // namespace
}  // namespace todoku::facts
