// SPDX-License-Identifier: Apache-2.0
// A sleep of the computer, and a clock that is set right, told from the two clocks.
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
  EXPECT_EQ(SleepWatch().look(wall(0s), steady(0s)), ClockJump::none);
}

TEST(SleepWatch, a_long_wait_is_no_sleep) {
  SleepWatch watch;
  (void)watch.look(wall(0s), steady(0s));
  EXPECT_EQ(watch.look(wall(3'600s), steady(3'600s)), ClockJump::none);
}

TEST(SleepWatch, the_steady_clock_stood_still_while_it_slept_and_that_is_told_once) {
  SleepWatch watch;
  (void)watch.look(wall(0s), steady(0s));
  EXPECT_EQ(watch.look(wall(3'600s), steady(1s)), ClockJump::forward);
  EXPECT_EQ(watch.look(wall(3'601s), steady(2s)), ClockJump::none);
}

TEST(SleepWatch, a_clock_that_is_set_back_is_told_once) {
  SleepWatch watch;
  (void)watch.look(wall(0s), steady(0s));
  EXPECT_EQ(watch.look(wall(-9 * 3'600s), steady(1s)), ClockJump::back);
  EXPECT_EQ(watch.look(wall(-9 * 3'600s + 1s), steady(2s)), ClockJump::none);
}

TEST(SleepWatch, small_corrections_of_the_clock_are_no_jump) {
  SleepWatch watch;
  (void)watch.look(wall(0s), steady(0s));
  EXPECT_EQ(watch.look(wall(25s), steady(1s)), ClockJump::none);
  EXPECT_EQ(watch.look(wall(1s), steady(2s)), ClockJump::none);
}

}  // namespace
}  // namespace todoku::delivery
