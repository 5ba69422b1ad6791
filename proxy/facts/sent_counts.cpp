// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/sent_counts.hpp"

#include <algorithm>
#include <set>

namespace todoku::facts {

namespace {

using store::SentTally;
using store::Time;

Time begin_of(Time now) {
  return Time(std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<600>>>(
      now.time_since_epoch()));
}

}  // namespace

void SentCounts::restore(const SentTally& tally) {
  auto& account = accounts_[tally.account];
  auto& tallies = account.tallies;
  const auto place = std::ranges::lower_bound(tallies, tally.begin, {}, &SentTally::begin);
  if (place != tallies.end() && place->begin == tally.begin) {
    place->messages += tally.messages;  // sent since the start
    place->recipients += tally.recipients;
  } else {
    tallies.insert(place, tally);
  }
}

void SentCounts::add(std::string_view name, std::uint32_t recipients, Time now) {
  auto known = accounts_.find(name);
  if (known == accounts_.end()) known = accounts_.emplace(name, Account{}).first;
  auto& account = known->second;
  const auto begin = begin_of(now);
  auto& tallies = account.tallies;
  // A clock that was set back counts into the latest.
  if (tallies.empty() || tallies.back().begin < begin)
    tallies.push_back({std::string(name), begin, 0, 0});
  ++tallies.back().messages;
  tallies.back().recipients += recipients;
  account.is_changed = true;
  while (tallies.front().begin + kept < begin) tallies.pop_front();
}

SentCounts::Counts SentCounts::counts(std::string_view name, Time now) {
  Counts counts;
  const auto known = accounts_.find(name);
  if (known == accounts_.end()) return counts;
  auto& account = known->second;
  const auto& tallies = account.tallies;
  for (auto one = tallies.rbegin(); one != tallies.rend(); ++one) {
    if (one->begin + std::chrono::days(1) <= now) break;
    counts.messages_day += one->messages;
    counts.recipients_day += one->recipients;
    if (one->begin + std::chrono::hours(1) <= now) continue;
    counts.messages_hour += one->messages;
    counts.recipients_hour += one->recipients;
  }
  if (account.usual_until <= now) {
    account.usual = busiest_hour(account, now);
    account.usual_until = now + std::chrono::hours(1);
  }
  counts.usual_messages_hour = account.usual;
  return counts;
}

std::uint32_t SentCounts::busiest_hour(const Account& account, Time now) {
  constexpr std::size_t enough_days = 5;
  std::map<Time, std::uint32_t> hours;
  std::set<Time> days;
  for (const auto& one : account.tallies) {
    if (one.begin + std::chrono::days(1) > now) break;
    hours[std::chrono::floor<std::chrono::hours>(one.begin)] += one.messages;
    days.insert(std::chrono::floor<std::chrono::days>(one.begin));
  }
  if (days.size() < enough_days) return 0;
  std::uint32_t busiest = 0;
  for (const auto& [hour, messages] : hours) busiest = std::max(busiest, messages);
  return busiest;
}

std::vector<SentTally> SentCounts::take_changes() {
  std::vector<SentTally> changed;
  for (auto& [name, account] : accounts_) {
    if (!account.is_changed) continue;
    for (const auto& one : account.tallies) {
      if (one.begin >= account.kept_until) changed.push_back(one);
    }
    account.kept_until = account.tallies.back().begin;
    account.is_changed = false;
  }
  return changed;
}

}  // namespace todoku::facts
