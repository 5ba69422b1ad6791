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
  std::uint64_t returns = 0;    // CR
  std::uint64_t line_ends = 0;  // CR and LF behind it, both in the text
  bool has_eight_bit = false;

  // Nothing but seven-bit text with right line ends. LF without CR is not looked for.
  [[nodiscard]] bool is_plain() const {
    return nuls == 0 && returns == line_ends && !has_eight_bit;
  }
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
    Block nuls{}, returns{}, line_ends{};
    for (std::size_t i = 0; i < blocks; ++i) {
      Block block, behind;
      std::memcpy(&block, text.data() + i * sizeof(Block), sizeof(Block));
      std::memcpy(&behind, text.data() + i * sizeof(Block) + 1, sizeof(Block));
      seen |= block;
      nuls -= static_cast<Block>(block == 0);  // true is -1
      returns -= static_cast<Block>(block == '\r');
      line_ends -= static_cast<Block>((block == '\r') & (behind == '\n'));
    }
    count.nuls += octets::sum(nuls);
    count.returns += octets::sum(returns);
    count.line_ends += octets::sum(line_ends);
    text.remove_prefix(blocks * sizeof(Block));
  }
  std::uint8_t all = 0;
  for (std::size_t i = 0; i < sizeof(Block); ++i) all |= seen[i];
  for (std::size_t i = 0; i < text.size(); ++i) {
    all |= static_cast<std::uint8_t>(text[i]);
    count.nuls += text[i] == '\0' ? 1 : 0;
    count.returns += text[i] == '\r' ? 1 : 0;
    count.line_ends += text.substr(i, 2) == "\r\n" ? 1 : 0;
  }
  count.has_eight_bit = all >= 0x80;
  return count;
}

}  // namespace todoku::wire
