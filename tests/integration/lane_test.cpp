// SPDX-License-Identifier: Apache-2.0
// An account's lane in the queue, when the clock on the wall is set back.
#include "proxy/relay/lane.hpp"

#include <gtest/gtest.h>

namespace todoku::relay {
namespace {

using namespace std::chrono_literals;

struct LaneTest : testing::Test {
  settings::Settings settings;
  settings::Account account;
  store::Time now{1'700'000'000s};
};

TEST_F(LaneTest, spacing_holds_the_next_one_back) {
  settings.delivery.spacing = 2s;
  Lane lane(account, settings);
  lane.begins(now);
  EXPECT_EQ(lane.free_places(now + 1s), 0U);
  EXPECT_EQ(lane.free_places(now + 2s), 1U);
}

TEST_F(LaneTest, goes_on_when_the_clock_was_set_back) {
  Lane lane(account, settings);
  lane.begins(now);
  lane.ends();
  EXPECT_GT(lane.free_places(now - 9h), 0U);
}

TEST_F(LaneTest, an_old_look_from_the_future_keeps_nobody_from_trying) {
  Lane lane(account, settings);
  lane.health.out_of_reach(now, 0);
  lane.last_look = now;
  EXPECT_TRUE(lane.is_known_to_be_down(now));
  EXPECT_FALSE(lane.is_known_to_be_down(now - 9h));
}

}  // namespace
}  // namespace todoku::relay
