// SPDX-License-Identifier: Apache-2.0
// A sleep of the computer, told from the two clocks.
#include "proxy/delivery/sleep_watch.hpp"

#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;

SleepWatch::Wall wall(std::chrono::seconds at) {
  return SleepWatch::Wall(1'700'000'000s + at);
}

SleepWatch::Steady steady(std::chrono::seconds at) {
  return SleepWatch::Steady(5'000s + at);
}

TEST(SleepWatch, the_first_look_tells_nothing) {
  EXPECT_FALSE(SleepWatch().has_slept(wall(0s), steady(0s)));
}

TEST(SleepWatch, a_long_wait_is_no_sleep) {
  SleepWatch watch;
  watch.has_slept(wall(0s), steady(0s));
  EXPECT_FALSE(watch.has_slept(wall(3'600s), steady(3'600s)));
}

TEST(SleepWatch, the_steady_clock_stood_still_while_it_slept_and_that_is_told_once) {
  SleepWatch watch;
  watch.has_slept(wall(0s), steady(0s));
  EXPECT_TRUE(watch.has_slept(wall(3'600s), steady(1s)));
  EXPECT_FALSE(watch.has_slept(wall(3'601s), steady(2s)));
}

TEST(SleepWatch, small_corrections_of_the_clock_and_steps_back_are_no_sleep) {
  SleepWatch watch;
  watch.has_slept(wall(0s), steady(0s));
  EXPECT_FALSE(watch.has_slept(wall(25s), steady(1s)));
  EXPECT_FALSE(watch.has_slept(wall(-3'600s), steady(2s)));
}

}  // namespace
}  // namespace todoku::delivery
