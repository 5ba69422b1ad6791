// SPDX-License-Identifier: Apache-2.0
#pragma once

// What octets a line has, eight at a time: this looks at every octet of every message. Pure.
#include <cstdint>
#include <cstring>
#include <string_view>

namespace todoku::skeleton {

struct LineLook {
  bool has_eight_bit = false;
  std::uint64_t nuls = 0;
  std::uint64_t returns = 0;
};

[[nodiscard]] inline LineLook look_over(std::string_view line) {
  constexpr std::uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;
  LineLook look;
  const auto one = [&look](unsigned char octet) {
    look.has_eight_bit = look.has_eight_bit || octet >= 0x80;
    look.nuls += octet == 0 ? 1 : 0;
    look.returns += octet == '\r' ? 1 : 0;
  };
  const char* at = line.data();
  std::size_t left = line.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    const std::uint64_t returns = word ^ (ones * '\r');
    // An octet is zero exactly where taking one off borrows from it (may also name its neighbour:
    // then the octets are looked at one by one).
    const std::uint64_t suspects =
        ((word - ones) & ~word & highs) | ((returns - ones) & ~returns & highs);
    if (suspects != 0) {
      for (int i = 0; i < 8; ++i) one(static_cast<unsigned char>(at[i]));
    }
    if ((word & highs) != 0) look.has_eight_bit = true;
  }
  for (; left > 0; ++at, --left) one(static_cast<unsigned char>(*at));
  return look;
}

}  // namespace todoku::skeleton
