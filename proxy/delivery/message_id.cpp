// SPDX-License-Identifier: Apache-2.0
// Message ids: sortable by time, short enough to be read out on the telephone.
#include "proxy/delivery/message_id.hpp"

namespace todoku::delivery {

std::string make_message_id(std::chrono::system_clock::time_point now, std::uint32_t chance) {
  // Crockford's alphabet: no I, L, O, U, so that nothing is misread.
  constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  using Sixteenths = std::chrono::duration<std::uint64_t, std::ratio<1, 16>>;
  const auto ticks = std::chrono::duration_cast<Sixteenths>(now.time_since_epoch()).count();
  constexpr std::uint64_t time_mask = (1ULL << 40) - 1;
  constexpr std::uint64_t chance_mask = (1ULL << 20) - 1;
  std::uint64_t bits = ((ticks & time_mask) << 20) | (chance & chance_mask);
  std::string id(12, '0');
  for (auto place = id.rbegin(); place != id.rend(); ++place, bits >>= 5) {
    *place = alphabet[bits & 31];
  }
  return id;
}

}  // namespace todoku::delivery
