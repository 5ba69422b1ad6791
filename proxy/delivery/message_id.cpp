// SPDX-License-Identifier: Apache-2.0
// Message ids: sortable by time, short enough to be read out on the telephone.
#include "proxy/delivery/message_id.hpp"

#include <algorithm>

namespace todoku::delivery {
namespace {

constexpr unsigned chance_bits = 20;

std::uint64_t number_of(std::chrono::system_clock::time_point now, std::uint64_t chance) {
  using Sixteenths = std::chrono::duration<std::uint64_t, std::ratio<1, 16>>;
  const auto ticks = std::chrono::duration_cast<Sixteenths>(now.time_since_epoch()).count();
  constexpr std::uint64_t time_mask = (1ULL << 40) - 1;
  constexpr std::uint64_t chance_mask = (1ULL << chance_bits) - 1;
  return ((ticks & time_mask) << chance_bits) | (chance & chance_mask);
}

std::string text_of(std::uint64_t number) {
  // Crockford's alphabet: no I, L, O, U, so that nothing is misread.
  constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string id(12, '0');
  for (auto place = id.rbegin(); place != id.rend(); ++place, number >>= 5) {
    *place = alphabet[number & 31];
  }
  return id;
}

}  // namespace

std::string make_message_id(std::chrono::system_clock::time_point now, std::uint32_t chance) {
  return text_of(number_of(now, chance));
}

// Where the chance begins leaves a quarter of the numbers to count on within one tick of the clock.
std::string MessageIds::next(std::chrono::system_clock::time_point now, std::uint32_t chance) {
  constexpr std::uint64_t half = 1ULL << (chance_bits - 1);
  const auto begin = (whose_ == Of::notices ? half : 0) + chance % (half / 2);
  last_ = std::max(last_ + 1, number_of(now, begin));
  return text_of(last_);
}

}  // namespace todoku::delivery
