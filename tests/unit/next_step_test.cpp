// SPDX-License-Identifier: Apache-2.0
// What an attempt means: an answer for the client, or a message that Todoku keeps.
#include "proxy/delivery/next_step.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace todoku::delivery {
namespace {

Verdict replied(smtp::Phase phase, smtp::Reply reply, RecipientState state) {
  Verdict verdict;
  verdict.attempt.phase = phase;
  verdict.attempt.reply = reply;
  verdict.recipients.push_back({"to@example.test", state, std::move(reply)});
  return verdict;
}

Verdict hindered(Obstacle obstacle, RecipientState state = RecipientState::deferred) {
  Verdict verdict;
  verdict.attempt.obstacle = obstacle;
  verdict.recipients.push_back({"to@example.test", state, {}});
  return verdict;
}

TEST(NextStep, TheRelaysOwnDecisionIsAnswered) {
  EXPECT_EQ(
      next_step(replied(smtp::Phase::final_dot, {250, "2.0.0", ""}, RecipientState::sent), false),
      NextStep::answer);
  EXPECT_EQ(next_step(replied(smtp::Phase::recipient, {550, "5.1.1", ""}, RecipientState::refused),
                      false),
            NextStep::answer);
  EXPECT_EQ(
      next_step(replied(smtp::Phase::greeting, {554, "", ""}, RecipientState::refused), false),
      NextStep::answer);
}

TEST(NextStep, ATemporaryRefusalIsAnsweredUnlessItIsToBeQueued) {
  const auto deferred =
      replied(smtp::Phase::recipient, {450, "4.2.1", "later"}, RecipientState::deferred);
  EXPECT_EQ(next_step(deferred, false), NextStep::answer);
  EXPECT_EQ(next_step(deferred, true), NextStep::keep_waiting);
}

TEST(NextStep, OneRefusedForGoodIsNeverQueuedWithTheOthers) {
  auto mixed = replied(smtp::Phase::recipient, {450, "4.2.1", ""}, RecipientState::deferred);
  mixed.recipients.push_back({"b@example.test", RecipientState::refused, {550, "5.1.1", ""}});
  EXPECT_EQ(next_step(mixed, true), NextStep::answer);
}

TEST(NextStep, ARelayThatIsOutOfReachMeansKeeping) {
  for (const auto obstacle : {Obstacle::name_not_found, Obstacle::unreachable,
                              Obstacle::tls_problem, Obstacle::broke_off, Obstacle::timed_out}) {
    EXPECT_EQ(next_step(hindered(obstacle), false), NextStep::keep_waiting);
    EXPECT_TRUE(is_out_of_reach(hindered(obstacle).attempt));
  }
}

TEST(NextStep, A421AtAnyPointAndATemporaryRefusalBeforeMailAreTheRelaysTrouble) {
  for (const auto phase : {smtp::Phase::greeting, smtp::Phase::sender, smtp::Phase::final_dot}) {
    const auto leaving = replied(phase, {421, "4.3.2", "bye"}, RecipientState::deferred);
    EXPECT_EQ(next_step(leaving, false), NextStep::keep_waiting);
  }
  EXPECT_EQ(
      next_step(replied(smtp::Phase::login, {454, "4.7.0", ""}, RecipientState::deferred), false),
      NextStep::keep_waiting);
}

TEST(NextStep, WhatWaitingDoesNotMendIsAnswered) {
  for (const auto obstacle : {Obstacle::no_common_login, Obstacle::smtputf8_missing,
                              Obstacle::connected_to_self, Obstacle::local_trouble}) {
    EXPECT_EQ(next_step(hindered(obstacle), true), NextStep::answer);
    EXPECT_FALSE(is_out_of_reach(hindered(obstacle).attempt));
  }
}

TEST(NextStep, ALostLastAnswerIsKeptAndAsked) {
  const auto lost = hindered(Obstacle::answer_lost, RecipientState::unknown);
  EXPECT_EQ(next_step(lost, false), NextStep::keep_unknown);
  EXPECT_FALSE(is_out_of_reach(lost.attempt));
}

}  // namespace
}  // namespace todoku::delivery
