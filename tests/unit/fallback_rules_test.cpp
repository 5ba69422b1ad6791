// SPDX-License-Identifier: Apache-2.0
// Each cause at each stage, allowed or not, aligned or not: which path, if any.
#include "proxy/delivery/fallback_rules.hpp"

#include "proxy/delivery/day_count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace todoku::delivery {
namespace {

using smtp::Phase;

constexpr std::array phases{Phase::connect, Phase::greeting, Phase::hello,     Phase::starttls,
                            Phase::login,   Phase::sender,   Phase::recipient, Phase::data,
                            Phase::body,    Phase::final_dot};

Attempt replied(Phase phase, int code, const char* status = "", const char* text = "no") {
  Attempt attempt;
  attempt.relay = "upstream:587";
  attempt.phase = phase;
  attempt.reply = {code, status, text};
  return attempt;
}

Attempt blocked_by(Obstacle obstacle, Phase phase = Phase::connect) {
  Attempt attempt;
  attempt.phase = phase;
  attempt.obstacle = obstacle;
  return attempt;
}

// What a 5xx with this cause means for the path, whatever the stage.
std::optional<FallbackCause> expected_for(Cause cause) {
  switch (cause) {
    case Cause::blocklisted:
      return FallbackCause::blocklisted;
    case Cause::bad_reputation:
    case Cause::missing_ptr:
      return FallbackCause::bad_reputation;
    case Cause::network_error:
    case Cause::starttls_failed:
      return FallbackCause::unreachable;
    default:
      return std::nullopt;
  }
}

bool is_about_the_server(Cause cause) {
  return cause == Cause::system_error || cause == Cause::system_full || cause == Cause::undefined ||
         cause == Cause::unclear || cause == Cause::expired ||
         cause == Cause::recipient_host_refuses_mail;
}

TEST(CurableCause, EachCauseAtEachStageForGood) {
  for (const auto& facts : all_causes()) {
    for (const auto phase : phases) {
      auto expected = expected_for(facts.cause);
      const bool is_at_the_door = phase < Phase::login;
      if (is_about_the_server(facts.cause) && is_at_the_door) expected = FallbackCause::unreachable;
      EXPECT_EQ(curable_cause(replied(phase, 554, "5.7.1"), facts.cause), expected)
          << facts.name << " at " << smtp::to_string(phase);
    }
  }
}

TEST(CurableCause, EachCauseAtEachStageForNow) {
  for (const auto& facts : all_causes()) {
    const bool is_limit =
        facts.cause == Cause::rate_limited || facts.cause == Cause::too_many_connections;
    for (const auto phase : phases) {
      auto expected = expected_for(facts.cause);
      if (is_limit) expected = FallbackCause::rate_limited;
      const bool is_before_the_message = phase < Phase::sender;
      if (is_about_the_server(facts.cause) && is_before_the_message) {
        expected = FallbackCause::unreachable;
      }
      EXPECT_EQ(curable_cause(replied(phase, 450, "4.7.1"), facts.cause), expected)
          << facts.name << " at " << smtp::to_string(phase);
      if (is_about_the_server(facts.cause)) expected = FallbackCause::unreachable;
      EXPECT_EQ(curable_cause(replied(phase, 421), facts.cause), expected)
          << facts.name << " at " << smtp::to_string(phase);
      if (facts.cause == Cause::blocklisted || facts.cause == Cause::sender_rejected) {
        expected = FallbackCause::unreachable;
      }
      for (const auto& down : {replied(phase, 421, "4.3.2"), replied(phase, 451, "4.3.0")}) {
        EXPECT_EQ(curable_cause(down, facts.cause), expected)
            << facts.name << " at " << smtp::to_string(phase);
      }
    }
  }
}

TEST(CurableCause, AServersOwnTroubleBehindWordsAboutSomebodyElse) {
  const auto cause = [](int code, const char* status, const char* text, Cause words) {
    return curable_cause(replied(Phase::recipient, code, status, text), words);
  };
  const auto* client = "<unknown[192.0.2.5]>: Client host rejected: Server configuration error";
  EXPECT_EQ(cause(451, "4.3.5", client, Cause::blocklisted), FallbackCause::unreachable);
  EXPECT_EQ(cause(554, "5.7.1", client, Cause::blocklisted), FallbackCause::blocklisted);
  const auto* sender = "<taro@example.jp>: Sender address rejected: Server configuration problem";
  EXPECT_EQ(cause(451, "4.3.5", sender, Cause::sender_rejected), FallbackCause::unreachable);
  EXPECT_EQ(cause(450, "4.1.8", sender, Cause::sender_rejected), std::nullopt);
  EXPECT_EQ(cause(553, "5.3.5", sender, Cause::sender_rejected), std::nullopt);
  EXPECT_EQ(cause(421, "4.3.2", "All server ports are busy", Cause::recipient_host_refuses_mail),
            FallbackCause::unreachable);
  EXPECT_EQ(cause(421, "4.4.2", "Error: timeout exceeded", Cause::expired),
            FallbackCause::unreachable);
  EXPECT_EQ(cause(550, "5.1.10", "accepts no mail", Cause::recipient_host_refuses_mail),
            std::nullopt);
}

TEST(CurableCause, WhatEveryCauseSaysOfAnotherPathIsKept) {
  for (const auto& facts : all_causes()) {
    const auto cured = curable_cause(replied(Phase::final_dot, 550, "5.7.1"), facts.cause);
    EXPECT_EQ(cured.has_value(), facts.another_path) << facts.name;
  }
}

TEST(CurableCause, ObstaclesBeforeTheEndOfTheMessage) {
  for (const auto obstacle : {Obstacle::name_not_found, Obstacle::unreachable,
                              Obstacle::tls_problem, Obstacle::broke_off, Obstacle::timed_out}) {
    EXPECT_EQ(curable_cause(blocked_by(obstacle), Cause::undefined), FallbackCause::unreachable);
  }
  for (const auto obstacle :
       {Obstacle::no_common_login, Obstacle::answer_lost, Obstacle::smtputf8_missing,
        Obstacle::connected_to_self, Obstacle::given_up, Obstacle::local_trouble}) {
    EXPECT_EQ(curable_cause(blocked_by(obstacle, Phase::final_dot), Cause::undefined),
              std::nullopt);
  }
  EXPECT_EQ(curable_cause(Attempt{}, Cause::blocklisted), std::nullopt) << "nothing was said";
  EXPECT_EQ(curable_cause(replied(Phase::final_dot, 250), Cause::blocklisted), std::nullopt);
}

TEST(CurableCause, LimitsOfTheAccountAreNotTheServers) {
  const auto limited = [](const char* text, int code = 450) {
    return curable_cause(replied(Phase::recipient, code, "4.7.1", text), Cause::rate_limited);
  };
  EXPECT_EQ(limited("Too many messages from 192.0.2.1, slow down"), FallbackCause::rate_limited);
  EXPECT_EQ(limited("Daily user sending quota exceeded"), std::nullopt);
  EXPECT_EQ(limited("このアカウントの送信数の上限です"), std::nullopt);
  EXPECT_EQ(limited("Too many messages", 550), std::nullopt);
}

settings::Fallback relay(const char* name) {
  settings::Fallback fallback;
  fallback.name = name;
  return fallback;
}

AlignmentVerdict aligned(AlignmentReason reason = AlignmentReason::spf) {
  AlignmentVerdict verdict;
  verdict.reason = reason;
  return verdict;
}

FallbackNow ready() {
  FallbackNow now;
  now.alignment = aligned();
  return now;
}

constexpr std::array causes{FallbackCause::blocklisted, FallbackCause::bad_reputation,
                            FallbackCause::unreachable, FallbackCause::rate_limited};

NextPath path_for(const settings::Fallback& fallback, const FallbackNow& now,
                  const StrandedRecipient& recipient, const char* sender = "taro@example.jp") {
  const std::vector<settings::Fallback> one{fallback};
  return FallbackRules(one).next_path(sender, recipient, std::span(&now, 1));
}

// Cause x sender allowed x aligned x state of the recipient: exactly one row of the matrix goes.
TEST(FallbackRules, TheMatrix) {
  for (const auto state :
       {RecipientState::waiting, RecipientState::deferred, RecipientState::refused,
        RecipientState::unknown, RecipientState::sent}) {
    for (const auto cause : causes) {
      for (const bool is_wanted : {true, false}) {
        for (const bool is_allowed : {true, false}) {
          for (const bool is_aligned : {true, false}) {
            auto fallback = relay("spare");
            if (is_wanted) fallback.when = {cause};
            if (!is_wanted) fallback.when.clear();
            fallback.allowed_from = {is_allowed ? "@example.jp" : "@example.com"};
            auto now = ready();
            if (!is_aligned) now.alignment = aligned(AlignmentReason::would_fail);
            const auto path = path_for(fallback, now, {"hanako@example.net", state, cause});
            const bool is_stranded =
                state != RecipientState::unknown && state != RecipientState::sent;
            const bool goes = is_stranded && is_wanted && is_allowed && is_aligned;
            EXPECT_EQ(path.fallback.has_value(), goes)
                << to_string(state) << " " << static_cast<int>(cause) << is_wanted << is_allowed
                << is_aligned;
            EXPECT_EQ(path.why_not == NoPath::none, goes);
          }
        }
      }
    }
  }
}

TEST(FallbackRules, EachReasonAgainstIsNamed) {
  const StrandedRecipient listed{"a@sub.example.net", RecipientState::refused,
                                 FallbackCause::blocklisted};
  const auto why = [&](const settings::Fallback& fallback, const FallbackNow& now) {
    return path_for(fallback, now, listed).why_not;
  };
  auto fallback = relay("spare");
  EXPECT_EQ(why(fallback, ready()), NoPath::none);
  EXPECT_EQ(path_for(fallback, ready(), {"a@b.example", RecipientState::sent, causes[0]}).why_not,
            NoPath::accepted);
  EXPECT_EQ(
      path_for(fallback, ready(), {"a@b.example", RecipientState::unknown, causes[0]}).why_not,
      NoPath::perhaps_delivered);
  EXPECT_EQ(path_for(fallback, ready(), {"a@b.example", RecipientState::refused, {}}).why_not,
            NoPath::not_curable);
  EXPECT_EQ(path_for(fallback, ready(),
                     {"a@b.example", RecipientState::deferred, FallbackCause::rate_limited})
                .why_not,
            NoPath::not_for_this_cause)
      << "limits only when the settings say so";
  fallback.never_to = {"example.net"};
  EXPECT_EQ(why(fallback, ready()), NoPath::not_to_this_domain);
  fallback.never_to = {"ample.net", "sub.example.net.jp"};
  EXPECT_EQ(why(fallback, ready()), NoPath::none);
  fallback.allowed_from = {"hanako@example.jp", "@sub.example.jp"};
  EXPECT_EQ(why(fallback, ready()), NoPath::not_for_this_sender);
  fallback.allowed_from = {"TARO@Example.JP"};
  EXPECT_EQ(why(fallback, ready()), NoPath::none);
  fallback.messages_per_day = 2;
  auto now = ready();
  now.sent_today = 1;
  EXPECT_EQ(why(fallback, now), NoPath::none);
  now.sent_today = 2;
  EXPECT_EQ(why(fallback, now), NoPath::day_is_full);
  now = ready();
  now.is_in_reach = false;
  EXPECT_EQ(why(fallback, now), NoPath::out_of_reach);
  now = ready();
  now.alignment = aligned(AlignmentReason::rewrites_from);
  EXPECT_EQ(why(fallback, now), NoPath::would_fail_alignment);
  now = ready();
  now.was_tried = true;
  EXPECT_EQ(why(fallback, now), NoPath::tried);
  EXPECT_EQ(FallbackRules({}).next_path("a@b.example", listed, {}).why_not, NoPath::no_fallback);
}

TEST(FallbackRules, TheFirstThatMayIsTaken) {
  const std::vector<settings::Fallback> list{relay("one"), relay("two"), relay("three")};
  const FallbackRules rules(list);
  const StrandedRecipient listed{"a@example.net", RecipientState::refused,
                                 FallbackCause::blocklisted};
  std::vector<FallbackNow> now{ready(), ready(), ready()};
  EXPECT_EQ(rules.next_path("a@example.jp", listed, now).fallback, 0U);
  now[0].was_tried = true;
  EXPECT_EQ(rules.next_path("a@example.jp", listed, now).fallback, 1U);
  now[1].is_in_reach = false;
  EXPECT_EQ(rules.next_path("a@example.jp", listed, now).fallback, 2U);
  now[2].alignment = aligned(AlignmentReason::would_fail);
  const auto none = rules.next_path("a@example.jp", listed, now);
  EXPECT_EQ(none.why_not, NoPath::would_fail_alignment) << "the nearest to being used is told";
  EXPECT_EQ(none.refused, 2U);
}

TEST(FallbackRules, AlignmentIsLookedAtBeforeUse) {
  FallbackNow now;
  const StrandedRecipient listed{"a@example.net", RecipientState::refused,
                                 FallbackCause::blocklisted};
  const auto path = path_for(relay("spare"), now, listed);
  EXPECT_EQ(path.fallback, 0U);
  EXPECT_TRUE(path.needs_alignment);
  EXPECT_FALSE(path_for(relay("spare"), ready(), listed).needs_alignment);
}

TEST(DayCount, HoldsTheLast24Hours) {
  using namespace std::chrono_literals;
  const Time start{std::chrono::hours(500'000)};
  DayCount count;
  EXPECT_EQ(count.count(start), 0U);
  for (int i = 0; i < 3; ++i) count.add(start);
  count.add(start + 10h);
  EXPECT_EQ(count.count(start + 10h), 4U);
  EXPECT_EQ(count.count(start + 23h), 4U);
  EXPECT_EQ(count.count(start + 24h), 1U);
  count.add(start + 24h);
  EXPECT_EQ(count.count(start + 24h), 2U);
  EXPECT_EQ(count.count(start + 60h), 0U);
}

}  // namespace
}  // namespace todoku::delivery
