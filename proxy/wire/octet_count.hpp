// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which octets a piece of a message has, sixteen at a time: this looks at every octet of every
// message. Pure.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace todoku::wire {

struct OctetCount {
  std::uint64_t nuls = 0;
  std::uint64_t bare_returns = 0;  // CR without LF behind it; the last octet is not asked
  bool has_eight_bit = false;

  // There is something that must be counted line by line.
  [[nodiscard]] bool has_faults() const { return nuls != 0 || bare_returns != 0; }
};

namespace octets {

// A vector of the compiler's: SSE2, NEON, or whatever there is.
using Block [[gnu::vector_size(16)]] = std::uint8_t;
// A lane counts to 255, so a run of blocks is no longer.
constexpr std::size_t longest_run = 255;

[[nodiscard]] inline std::uint64_t sum(const Block& counts) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < sizeof(Block); ++i) total += counts[i];
  return total;
}

}  // namespace octets

[[nodiscard]] inline OctetCount count_octets(std::string_view text) {
  using octets::Block;
  OctetCount count;
  Block seen{};
  while (text.size() > sizeof(Block)) {  // one more: each block is seen with the octet behind it
    const auto blocks = std::min((text.size() - 1) / sizeof(Block), octets::longest_run);
    Block nuls{}, returns{};
    for (std::size_t i = 0; i < blocks; ++i) {
      Block block, behind;
      std::memcpy(&block, text.data() + i * sizeof(Block), sizeof(Block));
      std::memcpy(&behind, text.data() + i * sizeof(Block) + 1, sizeof(Block));
      seen |= block;
      nuls -= static_cast<Block>(block == 0);  // true is -1
      returns -= static_cast<Block>((block == '\r') & (behind != '\n'));
    }
    count.nuls += octets::sum(nuls);
    count.bare_returns += octets::sum(returns);
    text.remove_prefix(blocks * sizeof(Block));
  }
  std::uint8_t all = 0;
  for (std::size_t i = 0; i < sizeof(Block); ++i) all |= seen[i];
  for (std::size_t i = 0; i < text.size(); ++i) {
    all |= static_cast<std::uint8_t>(text[i]);
    count.nuls += text[i] == '\0' ? 1 : 0;
    count.bare_returns += text[i] == '\r' && i + 1 < text.size() && text[i + 1] != '\n' ? 1 : 0;
  }
  count.has_eight_bit = all >= 0x80;
  return count;
}

}  // namespace todoku::wire
