// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words that a reply's wait is found by (wait_hint). Pure; the result refers to no input.
#include <cstdint>
#include <string_view>
#include <vector>

namespace todoku::delivery {

enum class WaitWord : std::uint8_t {
  other,        // any other word or punctuation
  border,       // end of a sentence
  number,       // seconds = its value, without a unit
  duration,     // seconds = number and unit together: "5min", "00:05:00"
  clock,        // seconds = a duration, or a time of day: "00:05:00"
  unit,         // seconds = length of the unit
  wait,         // try, again, greylisted, 再送: the sentence speaks of waiting
  leads,        // in, after, for: a time follows
  one,          // a, an: one of a unit
  half,         // half an hour
  conjunction,  // and
  per,          // per, every, あたり: the period of a limit
  limit,        // limit, rate, 上限: the sentence speaks of a limit
  past,         // ago, old, 前: the duration lies behind
  time_of_day,  // until, at, GMT, 時: not a duration
  no_wait,      // timeout, idle: the sentence is about another time
};

struct WaitToken {
  WaitWord kind = WaitWord::other;
  double seconds = 0;
};

[[nodiscard]] std::vector<WaitToken> wait_tokens(std::string_view text);

}  // namespace todoku::delivery
