// SPDX-License-Identifier: Apache-2.0
// A relay that is out of reach gets one probe at a time; and a network that blocks port 25.
#include "proxy/delivery/breaker.hpp"

#include "proxy/delivery/port_block.hpp"

#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;
using State = Breaker::State;
constexpr Time start{1'800'000'000'000ms};

TEST(Breaker, OpensOnTheFirstFailureAndLetsOneProbeThrough) {
  Breaker breaker({1min, 2min});
  EXPECT_EQ(breaker.state(start), State::closed);
  EXPECT_TRUE(breaker.lets_through(start));
  breaker.begins(start);
  breaker.begins(start);
  breaker.out_of_reach(start, 0.0);
  EXPECT_EQ(breaker.state(start), State::open);
  EXPECT_FALSE(breaker.lets_through(start + 59s));
  EXPECT_EQ(breaker.state(start + 1min), State::half_open);
  EXPECT_TRUE(breaker.lets_through(start + 1min));
  breaker.begins(start + 1min);
  EXPECT_FALSE(breaker.lets_through(start + 1min + 1s)) << "the probe is under way";
}

TEST(Breaker, TheProbeDecides) {
  Breaker breaker({1min, 2min});
  breaker.out_of_reach(start, 0.0);
  breaker.begins(start + 1min);
  breaker.out_of_reach(start + 1min, 0.0);
  EXPECT_FALSE(breaker.lets_through(start + 2min));
  EXPECT_TRUE(breaker.lets_through(start + 3min)) << "the pause has grown";
  EXPECT_EQ(breaker.down_since(), start);
  breaker.begins(start + 3min);
  breaker.reached();
  EXPECT_EQ(breaker.state(start + 3min), State::closed);
  EXPECT_TRUE(breaker.lets_through(start + 3min));
}

TEST(Breaker, AProbeThatToldNothingMakesRoomForAnother) {
  Breaker breaker({1min});
  breaker.out_of_reach(start, 0.0);
  breaker.begins(start + 1min);
  breaker.told_nothing();
  EXPECT_TRUE(breaker.lets_through(start + 1min));
  breaker.begins(start + 1min);
  EXPECT_FALSE(breaker.lets_through(start + 10min));
  EXPECT_TRUE(breaker.lets_through(start + 11min)) << "one that never ended is given up";
}

TEST(Breaker, IsAskedAtOnceWhenTheNetworkIsBack) {
  Breaker breaker({1h});
  breaker.out_of_reach(start, 0.0);
  breaker.ask_at_once(start + 1s);
  EXPECT_EQ(breaker.state(start + 1s), State::half_open);
}

PortLook look(PortAnswer on_25, PortAnswer on_587, PortAnswer on_465) {
  return {on_25, on_587, on_465};
}

TEST(PortBlock, OnlyPort25IsShut) {
  using enum PortAnswer;
  EXPECT_EQ(judge_ports(look(no_answer, greeted, not_asked)), PortVerdict::blocked);
  EXPECT_EQ(judge_ports(look(refused, no_answer, greeted)), PortVerdict::blocked);
  EXPECT_EQ(judge_ports(look(greeted, no_answer, no_answer)), PortVerdict::fine);
  EXPECT_EQ(judge_ports(look(no_answer, no_answer, refused)), PortVerdict::server_down);
  EXPECT_EQ(judge_ports(look(no_answer, no_answer, not_asked)), PortVerdict::unknown);
  EXPECT_EQ(judge_ports(look(not_asked, greeted, greeted)), PortVerdict::unknown);
}

TEST(PortBlock, MovesToThePortThatAnswers) {
  using enum PortAnswer;
  const settings::ServerUrl relay{settings::Scheme::smtp, "taro", "mail.example.jp", 25, ""};
  const auto to_587 = moved_url(relay, look(no_answer, greeted, greeted));
  ASSERT_TRUE(to_587);
  EXPECT_EQ(settings::to_string(*to_587), "submission://taro@mail.example.jp:587");
  const auto to_465 = moved_url(relay, look(no_answer, refused, greeted));
  ASSERT_TRUE(to_465);
  EXPECT_EQ(settings::to_string(*to_465), "submissions://taro@mail.example.jp:465");
  EXPECT_FALSE(moved_url(relay, look(no_answer, refused, no_answer)));
}

}  // namespace
}  // namespace todoku::delivery
