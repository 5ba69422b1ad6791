// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much of a body after DATA goes on as it came, thirty-two octets at a time: this looks at
// every octet of every message. Pure.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace todoku::smtp {

namespace octets {

// A vector of the compiler's: SSE2, NEON, or whatever there is.
using Block [[gnu::vector_size(16)]] = std::uint8_t;

// Where one octet and the one behind it need a look: CR and LF that are not one line end, and a dot
// that begins a line.
[[nodiscard]] inline bool is_odd_pair(char octet, char behind) {
  return (octet == '\r') != (behind == '\n') || (octet == '\n' && behind == '.');
}

// The same for each octet of a block and the one behind it, which must be there.
[[nodiscard]] inline Block odd_pairs(const char* text) {
  Block block, behind;
  std::memcpy(&block, text, sizeof(Block));
  std::memcpy(&behind, text + 1, sizeof(Block));
  return static_cast<Block>(((block == '\r') ^ (behind == '\n')) |
                            ((block == '\n') & (behind == '.')));
}

using Halves = std::array<std::uint64_t, 2>;

[[nodiscard]] inline Halves halves_of(Block found) {
  Halves halves{};
  static_assert(sizeof(halves) == sizeof(found));
  std::memcpy(halves.data(), &found, sizeof(found));
  return halves;
}

[[nodiscard]] inline bool has_any(Block found) {
  const auto halves = halves_of(found);
  return (halves[0] | halves[1]) != 0;
}

// Octets in front of the first one that is found; there is one.
[[nodiscard]] inline std::size_t before_first(Block found) {
  const auto halves = halves_of(found);
  const std::size_t half = halves[0] != 0 ? 0 : 1;
  const int bits = std::endian::native == std::endian::little ? std::countr_zero(halves[half])
                                                              : std::countl_zero(halves[half]);
  return half * 8 + static_cast<std::size_t>(bits) / 8;
}

// Where the first odd pair begins; size - 1 when there is none. size: 1 at least.
[[nodiscard]] inline std::size_t first_odd(const char* text, std::size_t size) {
  constexpr std::size_t step = sizeof(Block);
  const std::size_t last = size - 1;  // no octet is behind it
  std::size_t at = 0;
  for (; at + 2 * step <= last; at += 2 * step) {
    const auto first = odd_pairs(text + at), second = odd_pairs(text + at + step);
    if (has_any(first | second))
      return at + (has_any(first) ? before_first(first) : step + before_first(second));
  }
  while (at < last && !is_odd_pair(text[at], text[at + 1])) ++at;
  return at;
}

}  // namespace octets

// Octets at the beginning of text in which CR and LF stand only together, and no line begins with a
// dot; what the first octet begins is not asked. A CR at the end of text is left: what it is shows
// with the octet behind it.
[[nodiscard]] inline std::size_t plain_run(std::string_view text) {
  if (text.empty() || text.front() == '\n') return 0;
  const std::size_t odd = octets::first_odd(text.data(), text.size());
  return text[odd] == '\r' ? odd : odd + 1;
}

}  // namespace todoku::smtp
