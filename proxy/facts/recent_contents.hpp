// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which contents were sent to whom in the last minutes, as digests: to tell that the same goes out
// again. Bounded; one thread; pure.
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/envelope.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace todoku::facts {

// Subject, texts and files, for these recipients in any order; what differs by itself each time
// (date, boundaries) does not count. Nothing = there is no text to go by.
[[nodiscard]] std::optional<std::uint64_t> content_digest(std::string_view account,
                                                          const smtp::Envelope& envelope,
                                                          const skeleton::Skeleton& skeleton);

class RecentContents {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t most = 2'000;
  static constexpr std::size_t on_purpose = 5;  // times: a program does that, nobody needs a word

  // How long ago the same was sent as another message, at most `within`. Nothing, too, when it goes
  // out on purpose, unless every time counts.
  [[nodiscard]] std::optional<std::chrono::seconds> sent_before(std::uint64_t digest,
                                                                std::string_view message_id,
                                                                std::chrono::milliseconds within,
                                                                bool every_time, Time now) const;
  void remember(std::uint64_t digest, std::string_view message_id, std::chrono::milliseconds within,
                Time now);

 private:
  struct Sent {
    std::size_t message = 0;  // a digest of its Message-ID
    Time at;
    std::size_t times = 0;  // in a row, each within the time of the one before
  };
  std::unordered_map<std::uint64_t, Sent> sent_;
};

}  // namespace todoku::facts
