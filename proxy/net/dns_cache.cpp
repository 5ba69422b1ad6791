// SPDX-License-Identifier: Apache-2.0
#include "proxy/net/dns_cache.hpp"

#include <utility>

namespace todoku::net {

std::optional<wire::DnsAnswer> DnsCache::find(const wire::DnsQuestion& question, Time now) {
  const auto found = answers_.find(question);
  if (found == answers_.end() || now >= found->second.until) return std::nullopt;
  auto answer = found->second.answer;
  answer.lifetime = std::chrono::floor<std::chrono::seconds>(found->second.until - now);
  return answer;
}

void DnsCache::add(const wire::DnsQuestion& question, wire::DnsAnswer answer,
                   std::chrono::milliseconds keep_for, Time now) {
  if (keep_for.count() <= 0) return;
  const auto [place, is_new] =
      answers_.insert_or_assign(question, Kept{std::move(answer), now + keep_for});
  static_cast<void>(place);
  if (is_new) by_age_.push_back(question);
  while (answers_.size() > most_) {
    answers_.erase(by_age_.front());
    by_age_.pop_front();
  }
}

void DnsCache::forget_failures() {
  for (auto& [question, kept] : answers_) {
    if (kept.answer.has_failed()) kept.until = Time::min();
  }
}

}  // namespace todoku::net
