// SPDX-License-Identifier: Apache-2.0
// When a message is tried again.
#include "proxy/delivery/schedule.hpp"

#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;
constexpr Time now{1'800'000'000'000ms};
const std::vector<std::chrono::milliseconds> waits{1min, 5min, 15min};

TEST(NextAttempt, FollowsTheListAndRepeatsItsLast) {
  const smtp::Reply none;
  EXPECT_EQ(next_attempt(0, waits, none, now, 0), now + 1min);
  EXPECT_EQ(next_attempt(1, waits, none, now, 0), now + 1min);
  EXPECT_EQ(next_attempt(2, waits, none, now, 0), now + 5min);
  EXPECT_EQ(next_attempt(3, waits, none, now, 0), now + 15min);
  EXPECT_EQ(next_attempt(4'000'000'000U, waits, none, now, 0), now + 15min);
}

TEST(NextAttempt, ChanceAddsAtMostATenth) {
  EXPECT_EQ(next_attempt(1, waits, {}, now, 1), now + 66s);
  EXPECT_EQ(next_attempt(1, waits, {}, now, 7), now + 66s);
  EXPECT_EQ(next_attempt(1, waits, {}, now, -7), now + 1min);
}

TEST(NextAttempt, ANamedWaitWins) {
  const smtp::Reply later{450, "4.2.1", "try again in 30 minutes"};
  EXPECT_EQ(next_attempt(1, waits, later, now, 0), now + 30min);
  EXPECT_EQ(next_attempt(3, waits, {451, "4.3.0", "wait 30 seconds"}, now, 0), now + 30s);
}

TEST(NextAttempt, AServerThatLimitsUsIsNeverAskedSooner) {
  const std::string text = "wait 30 seconds";
  EXPECT_EQ(next_attempt(3, waits, {421, "4.3.2", text}, now, 0), now + 15min);
  EXPECT_EQ(next_attempt(3, waits, {450, "4.7.1", text}, now, 0), now + 15min);
  EXPECT_EQ(next_attempt(1, waits, {450, "4.7.1", "wait 1 hour"}, now, 0), now + 1h);
}

TEST(NextAttempt, IsNeverBehindTheDeadline) {
  EXPECT_EQ(next_attempt(3, waits, {}, now, 1, now + 10min), now + 10min);
  EXPECT_EQ(next_attempt(1, waits, {}, now, 0, now + 10min), now + 1min);
  EXPECT_EQ(next_attempt(1, waits, {}, now, 0, now - 1h), now);
}

}  // namespace
}  // namespace todoku::delivery
