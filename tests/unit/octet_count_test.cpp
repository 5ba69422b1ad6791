// SPDX-License-Identifier: Apache-2.0
// What is counted in blocks is what a walk octet by octet counts.
#include "proxy/wire/octet_count.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace todoku::wire {
namespace {

OctetCount plain_count(const std::string& text) {
  OctetCount count;
  count.nuls = static_cast<std::uint64_t>(std::ranges::count(text, '\0'));
  count.has_eight_bit =
      std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  for (std::size_t at = 0; at + 1 < text.size(); ++at)
    count.bare_returns += text[at] == '\r' && text[at + 1] != '\n' ? 1 : 0;
  return count;
}

void expect_plain_count(const std::string& text) {
  const auto found = count_octets(text), wanted = plain_count(text);
  EXPECT_EQ(found.nuls, wanted.nuls) << text.size();
  EXPECT_EQ(found.bare_returns, wanted.bare_returns) << text.size();
  EXPECT_EQ(found.has_eight_bit, wanted.has_eight_bit) << text.size();
}

TEST(OctetCount, IsThatOfAPlainWalk) {
  std::mt19937 chance(1);
  const std::string octets("\0\rab\n\x80\xff\r\n", 9);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string text(size, 'x');
    for (auto& c : text) c = chance() % 3 == 0 ? octets[chance() % octets.size()] : 'x';
    expect_plain_count(text);
  }
}

TEST(OctetCount, OneOddOctetIsFoundWhereverItStands) {
  for (std::size_t at = 0; at < 67; ++at) {
    for (const char odd : {'\0', '\r', '\x80'}) {
      std::string text(67, 'x');
      text[at] = odd;
      expect_plain_count(text);
    }
  }
}

TEST(OctetCount, ManyInARowDoNotOverflow) {
  for (const char c : {'\0', '\r'}) expect_plain_count(std::string(100'003, c));
}

TEST(OctetCount, RightLineEndsAreNoFaults) {
  EXPECT_FALSE(count_octets("a\r\nb\r\n").has_faults());
  EXPECT_FALSE(count_octets("\xe3\x81\x82\r\nb\r").has_faults());
  EXPECT_TRUE(count_octets("a\rb\r\n").has_faults());
}

}  // namespace
}  // namespace todoku::wire
