// SPDX-License-Identifier: Apache-2.0
#pragma once

// An IPv4 or IPv6 address as a value, read strictly (RFC 4291 section 2.2). No resolver and no
// socket header is asked. Pure.
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::wire {

// Four decimal numbers without leading zeros: "010.0.0.1" would be read as octal by some systems.
std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text);
// Without brackets and without a zone.
std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text);

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  explicit IpAddress(const std::array<std::uint8_t, 4>& v4);
  explicit IpAddress(const std::array<std::uint8_t, 16>& v6) : bytes_(v6), is_v6_(true) {}
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v6() const { return is_v6_; }
  // 4 or 16 bytes, in the network's order.
  [[nodiscard]] std::string_view bytes() const;
  // ::ffff:192.0.2.1 is 192.0.2.1 (RFC 4291 section 2.5.5.2); others as they are.
  [[nodiscard]] IpAddress unmapped() const;
  // prefix: bits that must agree. Addresses of different kinds never do.
  [[nodiscard]] bool is_within(const IpAddress& network, unsigned prefix) const;
  // The name of its PTR record (RFC 1035 section 3.5, RFC 3596 section 2.5).
  [[nodiscard]] std::string reverse_name() const;
  [[nodiscard]] std::string to_string() const;  // RFC 5952 for IPv6
  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool is_v6_ = false;
};

// "192.0.2.0/24", "2001:db8::/32", or one address.
struct IpNetwork {
  IpAddress address;
  unsigned prefix = 32;
  static std::optional<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& one) const { return one.is_within(address, prefix); }
  [[nodiscard]] std::string to_string() const;
  bool operator==(const IpNetwork&) const = default;
};

}  // namespace todoku::wire
