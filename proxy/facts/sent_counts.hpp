// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much each account has sent lately, by ten minutes, for four weeks. The clock is an argument.
// Bounded; one thread; pure.
#include "proxy/store/records.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::facts {

class SentCounts {
 public:
  static constexpr std::chrono::days kept{28};

  struct Counts {
    std::uint32_t messages_hour = 0, messages_day = 0;
    std::uint32_t recipients_hour = 0, recipients_day = 0;
    // The busiest hour before the last day; 0 = fewer than five days with mail are known.
    std::uint32_t usual_messages_hour = 0;
  };

  // From the store: older than everything that is there.
  void restore(const store::SentTally& tally);
  // One message more.
  void add(std::string_view account, std::uint32_t recipients, store::Time now);
  [[nodiscard]] Counts counts(std::string_view account, store::Time now);
  // What has changed since the last call, to be kept.
  [[nodiscard]] std::vector<store::SentTally> take_changes();

 private:
  struct Account {
    std::deque<store::SentTally> tallies;  // the oldest first, each time once
    store::Time kept_until{};              // tallies that begin before are in the store
    bool is_changed = false;
    std::uint32_t usual = 0;
    store::Time usual_until{};
  };
  static std::uint32_t busiest_hour(const Account& account, store::Time now);

  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace todoku::facts
