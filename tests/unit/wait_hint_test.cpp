// SPDX-License-Identifier: Apache-2.0
// Waits that servers name, and numbers that are none.
#include "proxy/delivery/wait_hint.hpp"

#include <gtest/gtest.h>

#include <string>

namespace todoku::delivery {
namespace {

struct Named {
  const char* text;
  int seconds;  // 0 = none
};

// size: a table
constexpr Named named[] = {
    {"Try again in 30 minutes", 1800},
    {"retry after 3600 seconds", 3600},
    {"Greylisted for 300 seconds (see http://example.test/help?id=77)", 300},
    {"Greylisting in action, please come back in 00:05:00", 300},
    {"Please wait 1 hour before you send again", 3600},
    {"please try again in\n5 minutes", 300},
    {"Try again in 5 min.", 300},
    {"try again in 5min", 300},
    {"Try again in 1h30m", 5400},
    {"wait 1 hour and 30 minutes, then try again", 5400},
    {"wait half an hour and retry", 1800},
    {"Try again in an hour", 3600},
    {"Please retry in one minute", 60},
    {"Retry-After: 600", 600},
    {"Deferred, 15-minute delay", 900},
    {"try again in 5-10 minutes", 600},
    {"try again in 1.5 hours", 5400},
    {"too many attempts (2 minutes ago); wait 10 minutes", 600},
    {"Please wait 3 days and try again", 86400},
    {"Rate limit exceeded: 100 messages per hour", 3600},
    {"hourly limit exceeded", 3600},
    {"Too many messages within 10 minutes", 600},
    {"sending limit 100/hour", 3600},
    {"30分後に再送してください", 1800},
    {"３０分後にもう一度お試しください", 1800},
    {"1時間30分お待ちください", 5400},
    {"1時間あたりの送信数の上限を超えました", 3600},
    {"グレイリスト: 300秒後に再度送信してください", 300},
    {"You will be able to send again in 10 minutes", 600},
    {"wait 300 seconds (5 minutes)", 300},
    {"", 0},
    {"Try again later", 0},
    {"Please try again in a few minutes", 0},
    {"blocked until 13:00, try again then", 0},
    {"try again at 12:30:45 GMT", 0},
    {"try again after 2026-11-24 13:00:00 UTC", 0},
    {"try again after 2026", 0},
    {"13時30分以降に再送してください", 0},
    {"Greylisted, see RFC 6647, try again later", 0},
    {"4.7.1 try again later, id 300 from 192.0.2.30 port 587", 0},
    {"Message of 30 MB is too large, try again with 25 MB", 0},
    {"100 messages per hour", 0},
    {"Timeout after 300 seconds, try again", 0},
    {"Your message of 5 minutes ago, try again", 0},
    {"try again in 0 seconds", 0},
    {"try again in 99999999999999999999 seconds", 0},
    {"Connected for 30 seconds", 0},
    {"mail from mx5m.example.test deferred, try again (#4.30m)", 0},
};

TEST(WaitNamedIn, TakesWaitsAndNothingElse) {
  for (const auto& one : named) {
    const auto wait = wait_named_in(one.text);
    EXPECT_EQ(wait.has_value() ? wait->count() : 0, one.seconds) << one.text;
  }
}

TEST(WaitNamedIn, ReadsOnlyTheBeginningOfAnEndlessReply) {
  std::string text;
  while (text.size() < 1'000'000) text += "try again 5 minutes ";
  EXPECT_EQ(wait_named_in(text), std::chrono::seconds(300));
}

}  // namespace
}  // namespace todoku::delivery
