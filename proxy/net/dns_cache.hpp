// SPDX-License-Identifier: Apache-2.0
#pragma once

// Answers of the DNS for as long as they are true. Bounded. A plain value; time is an argument.
#include "proxy/wire/dns.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace todoku::net {

class DnsCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit DnsCache(std::size_t most) : most_(most) {}

  // With the lifetime that is left.
  [[nodiscard]] std::optional<wire::DnsAnswer> find(const wire::DnsQuestion& question, Time now);
  // Kept for keep_for; not at all when that is 0.
  void add(const wire::DnsQuestion& question, wire::DnsAnswer answer,
           std::chrono::milliseconds keep_for, Time now);
  void forget_failures();
  [[nodiscard]] std::size_t size() const { return answers_.size(); }

 private:
  struct Kept {
    wire::DnsAnswer answer;
    Time until;
  };
  std::size_t most_;
  std::map<wire::DnsQuestion, Kept> answers_;
  std::deque<wire::DnsQuestion> by_age_;  // each question of answers_ once
};

}  // namespace todoku::net
