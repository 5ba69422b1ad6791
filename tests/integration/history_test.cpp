// SPDX-License-Identifier: Apache-2.0
// Whom an account has written to, in memory.
#include "proxy/facts/history.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace todoku::facts {
namespace {

History two_accounts() {
  History history;
  history.add("work", "Kumagai@Koinca-Shoji.co.jp", 5);
  history.add("home", "rin@bigmail.co.jp");
  return history;
}

TEST(History, knows_each_accounts_people_in_any_case) {
  const auto history = two_accounts();
  EXPECT_TRUE(history.was_written_to("work", "kumagai@koinca-shoji.CO.JP"));
  EXPECT_FALSE(history.was_written_to("home", "kumagai@koinca-shoji.co.jp"));
  EXPECT_TRUE(history.was_domain_written_to("home", "BigMail.co.jp"));
  EXPECT_FALSE(history.was_domain_written_to("work", "bigmail.co.jp"));
  EXPECT_FALSE(history.is_empty("home"));
  EXPECT_TRUE(history.is_empty("other"));
}

TEST(History, finds_who_a_stranger_is_nearly) {
  auto history = two_accounts();
  EXPECT_EQ(history.facts_of_stranger("work", "kumgai@koinca-shoji.co.jp").near_correspondent,
            "kumagai@koinca-shoji.co.jp");
  EXPECT_EQ(history.facts_of_stranger("home", "kumgai@koinca-shoji.co.jp").near_correspondent, "");
  EXPECT_EQ(history.facts_of_stranger("other", "a@b.example").near_correspondent, "");
}

TEST(History, somebody_often_written_to_since_counts_at_once) {
  auto history = two_accounts();
  EXPECT_EQ(history.facts_of_stranger("work", "tanka@midori.example").near_correspondent, "");
  for (int i = 0; i < 3; ++i) history.add("work", "tanaka@midori.example");
  const auto facts = history.facts_of_stranger("work", "tanka@midori.example");
  EXPECT_EQ(facts.near_correspondent, "tanaka@midori.example");
  EXPECT_TRUE(facts.was_domain_written_to);
}

TEST(History, odd_addresses_are_nobodys) {
  History history;
  for (const char* odd : {"", "@", "nobody", "a@"}) history.add("work", odd);
  EXPECT_TRUE(history.is_empty("work"));
}

}  // namespace
}  // namespace todoku::facts
