// SPDX-License-Identifier: Apache-2.0
// When a relay that is out of reach is asked again.
#include "proxy/delivery/path_health.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;
constexpr Time start{std::chrono::milliseconds{1'800'000'000'000}};

TEST(PathHealth, IsUpUntilAnAttemptFails) {
  PathHealth health({1min});
  EXPECT_FALSE(health.is_down());
  EXPECT_TRUE(health.may_try(start));
}

TEST(PathHealth, PausesGrowAndAreCapped) {
  PathHealth health({1min, 2min, 1h});
  Time now = start;
  for (const auto wait : {1min, 2min, 5min, 5min}) {
    health.out_of_reach(now, 0.0);
    EXPECT_FALSE(health.may_try(now + wait - 1ms));
    EXPECT_TRUE(health.may_try(now + wait));
    now += wait;
  }
  EXPECT_EQ(health.down_since(), start);
}

TEST(PathHealth, FailuresOfTheSameMomentAreOne) {
  PathHealth health({1min, 30min});
  for (int i = 0; i < 10; ++i) health.out_of_reach(start + std::chrono::seconds(i), 0.0);
  EXPECT_TRUE(health.may_try(start + 1min));
}

TEST(PathHealth, ReachedOnceIsUpAgain) {
  PathHealth health({1min, 30min});
  health.out_of_reach(start, 0.0);
  health.reached();
  EXPECT_FALSE(health.is_down());
  health.out_of_reach(start + 10min, 0.0);
  EXPECT_TRUE(health.may_try(start + 11min));
}

TEST(PathHealth, IsAskedAtOnceAfterSleepAndThenInShortPausesAgain) {
  PathHealth health({1min, 4min, 5min});
  Time now = start;
  for (int i = 0; i < 4; ++i) {
    health.out_of_reach(now, 0.0);
    now += 5min;
  }
  health.ask_at_once(now);
  EXPECT_TRUE(health.may_try(now));
  health.out_of_reach(now, 0.0);
  EXPECT_TRUE(health.may_try(now + 4min));
  EXPECT_FALSE(health.may_try(now + 4min - 1ms));
}

TEST(PathHealth, ChanceSpreadsTheProbesByATenth) {
  PathHealth health({1min});
  health.out_of_reach(start, 1.0);
  EXPECT_EQ(health.next_try(), start + 66s);
}

}  // namespace
}  // namespace todoku::delivery
