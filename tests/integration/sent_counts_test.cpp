// SPDX-License-Identifier: Apache-2.0
// How much an account has sent in the last hour and day, and what is usual.
#include "proxy/facts/sent_counts.hpp"

#include <gtest/gtest.h>

namespace todoku::facts {
namespace {

using namespace std::chrono_literals;
using store::Time;

const Time noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 27) + 12h};

TEST(SentCounts, counts_the_last_hour_and_the_last_day) {
  SentCounts counts;
  counts.add("work", 3, noon);
  counts.add("work", 1, noon + 40min);
  counts.add("home", 9, noon + 40min);
  const auto soon = counts.counts("work", noon + 41min);
  EXPECT_EQ(soon.messages_hour, 2U);
  EXPECT_EQ(soon.recipients_hour, 4U);
  const auto later = counts.counts("work", noon + 90min);
  EXPECT_EQ(later.messages_hour, 1U);
  EXPECT_EQ(later.messages_day, 2U);
  EXPECT_EQ(later.recipients_day, 4U);
  EXPECT_EQ(counts.counts("work", noon + 25h).messages_day, 0U);
  EXPECT_EQ(counts.counts("nobody", noon).messages_day, 0U);
}

TEST(SentCounts, a_busy_hour_before_the_last_day_is_usual) {
  SentCounts counts;
  for (int day = 10; day >= 1; --day) counts.restore({"work", noon - day * 24h, 4, 4});
  counts.restore({"work", noon - 3 * 24h + 20min, 3, 3});
  counts.restore({"work", noon - 2h, 90, 90});  // what is going on now is not usual yet
  const auto found = counts.counts("work", noon);
  EXPECT_EQ(found.usual_messages_hour, 7U);
  EXPECT_EQ(found.messages_hour, 0U);
}

TEST(SentCounts, a_few_days_tell_nothing_of_what_is_usual) {
  SentCounts counts;
  for (int day = 4; day >= 2; --day) counts.restore({"work", noon - day * 24h, 4, 4});
  EXPECT_EQ(counts.counts("work", noon).usual_messages_hour, 0U);
}

TEST(SentCounts, gives_what_has_changed_once_to_be_kept) {
  SentCounts counts;
  counts.restore({"work", noon - 24h, 7, 7});
  counts.add("work", 2, noon);
  counts.add("work", 2, noon + 11min);
  auto changed = counts.take_changes();
  ASSERT_GE(changed.size(), 2U);
  EXPECT_EQ(changed.back().begin, noon + 10min);
  EXPECT_EQ(changed.back().recipients, 2U);
  EXPECT_TRUE(counts.take_changes().empty());
  counts.add("work", 5, noon + 12min);
  changed = counts.take_changes();
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.back().messages, 2U) << "the sum of its ten minutes";
}

TEST(SentCounts, what_was_sent_before_the_store_was_read_is_not_lost) {
  SentCounts counts;
  counts.add("work", 1, noon + 1min);
  counts.restore({"work", noon, 5, 6});
  EXPECT_EQ(counts.counts("work", noon + 2min).messages_hour, 6U);
  EXPECT_EQ(counts.take_changes().back().messages, 6U);
}

TEST(SentCounts, memory_stays_small_and_a_clock_may_be_set_back) {
  SentCounts counts;
  for (int step = 0; step < 6 * 24 * 60; ++step) counts.add("work", 1, noon + step * 10min);
  EXPECT_LE(counts.take_changes().size(), 6U * 24 * 28 + 1);
  counts.add("work", 1, noon);
  EXPECT_GT(counts.counts("work", noon + 60 * 24h).messages_day, 0U);
}

}  // namespace
}  // namespace todoku::facts
