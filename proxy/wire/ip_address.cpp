// SPDX-License-Identifier: Apache-2.0
// Reads address literals strictly: what decides "is this loopback?" or "is this server allowed?"
// must not be read differently by the resolver later.
#include "proxy/wire/ip_address.hpp"

#include "proxy/wire/domain_name.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

namespace todoku::wire {
namespace {

// Groups of one side of "::"; false = not hexadecimal groups.
bool read_groups(std::string_view text, std::vector<std::uint16_t>& groups) {
  if (text.empty()) return true;
  const auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i];
    if (i + 1 == parts.size() && part.find('.') != std::string_view::npos) {
      const auto tail = parse_ipv4(part);
      if (!tail) return false;
      groups.push_back(static_cast<std::uint16_t>((*tail)[0] << 8 | (*tail)[1]));
      groups.push_back(static_cast<std::uint16_t>((*tail)[2] << 8 | (*tail)[3]));
      return true;
    }
    std::uint16_t group = 0;
    const auto end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, group, 16);
    if (part.empty() || part.size() > 4 || read.ec != std::errc{} || read.ptr != end) return false;
    groups.push_back(group);
  }
  return true;
}

constexpr std::string_view hexadecimal = "0123456789abcdef";

// RFC 5952 section 4.2: the first of the longest runs of two or more zero groups.
struct Gap {
  std::size_t begin = 8;
  std::size_t length = 0;
};
Gap longest_gap(const std::array<std::uint16_t, 8>& groups) {
  Gap best;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best.length && end - i > 1) best = {i, end - i};
    i = end + 1;
  }
  return best;
}

void append_hexadecimal(std::string& out, std::uint16_t group) {
  std::array<char, 4> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16);
  out.append(digits.data(), written.ptr);
}

}  // namespace

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<std::uint8_t, 4> address{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = parts[i];
    const auto end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, address[i]);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    if (part.size() > 1 && part.front() == '0') return std::nullopt;
  }
  return address;
}

std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  std::vector<std::uint16_t> head;
  std::vector<std::uint16_t> tail;
  if (text.size() > 45 || !read_groups(text.substr(0, gap), head)) return std::nullopt;
  if (gap != std::string_view::npos) {
    if (!read_groups(text.substr(gap + 2), tail)) return std::nullopt;
    if (head.size() + tail.size() > 7) return std::nullopt;
    head.resize(8 - tail.size());
  }
  head.insert(head.end(), tail.begin(), tail.end());
  if (head.size() != 8) return std::nullopt;
  std::array<std::uint8_t, 16> address{};
  for (std::size_t i = 0; i < 8; ++i) {
    address[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    address[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xff);
  }
  return address;
}

IpAddress::IpAddress(const std::array<std::uint8_t, 4>& v4) {
  std::ranges::copy(v4, bytes_.begin());
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto v4 = parse_ipv4(text)) return IpAddress(*v4);
  if (const auto v6 = parse_ipv6(text)) return IpAddress(*v6);
  return std::nullopt;
}

std::string_view IpAddress::bytes() const {
  return {reinterpret_cast<const char*>(bytes_.data()), is_v6_ ? 16U : 4U};
}

IpAddress IpAddress::unmapped() const {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!is_v6_ || !std::equal(mapped.begin(), mapped.end(), bytes_.begin())) return *this;
  return IpAddress(std::array<std::uint8_t, 4>{bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

bool IpAddress::is_within(const IpAddress& network, unsigned prefix) const {
  if (is_v6_ != network.is_v6_ || prefix > bytes().size() * 8) return false;
  const std::size_t whole = prefix / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(whole),
                  network.bytes_.begin())) {
    return false;
  }
  const unsigned rest = prefix % 8;
  return rest == 0 || (bytes_[whole] ^ network.bytes_[whole]) >> (8 - rest) == 0;
}

std::string IpAddress::reverse_name() const {
  std::string name;
  for (std::size_t i = bytes().size(); i-- > 0;) {
    if (is_v6_) {
      name += {hexadecimal[bytes_[i] & 0xF], '.', hexadecimal[bytes_[i] >> 4], '.'};
    } else {
      name += std::to_string(bytes_[i]) + ".";
    }
  }
  return name + (is_v6_ ? "ip6.arpa" : "in-addr.arpa");
}

std::string IpAddress::to_string() const {
  std::string text;
  if (!is_v6_) {
    for (std::size_t i = 0; i < 4; ++i) text += (i == 0 ? "" : ".") + std::to_string(bytes_[i]);
    return text;
  }
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<std::uint16_t>(bytes_[2 * i] << 8 | bytes_[2 * i + 1]);
  }
  const Gap gap = longest_gap(groups);
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap.begin) {
      text += "::";
      i += gap.length - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    append_hexadecimal(text, groups[i]);
  }
  return text;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const auto most = static_cast<unsigned>(address->bytes().size() * 8);
  if (slash == std::string_view::npos) return IpNetwork{*address, most};
  const auto digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, prefix);
  const bool is_number = read.ec == std::errc{} && read.ptr == end;
  const bool has_zeros_in_front = digits.size() > 1 && digits.front() == '0';
  if (!is_number || has_zeros_in_front || prefix > most) return std::nullopt;
  return IpNetwork{*address, prefix};
}

std::string IpNetwork::to_string() const {
  const bool is_one = prefix == address.bytes().size() * 8;
  return address.to_string() + (is_one ? "" : "/" + std::to_string(prefix));
}

}  // namespace todoku::wire
