// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a relay's latest EHLO offered (after TLS where TLS is used), and what we offer to clients.
#include "proxy/smtp/credentials.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::smtp {

struct Capabilities {
  bool pipelining = false;
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool dsn = false;
  bool chunking = false;
  bool starttls = false;
  bool enhanced_status_codes = false;
  bool has_size = false;                  // SIZE offered, with or without a number
  std::optional<std::uint64_t> max_size;  // octets; none = not told
  bool offers_login = false;              // AUTH was offered, with any mechanism
  std::vector<Mechanism> mechanisms;      // those offered that we know

  [[nodiscard]] bool can(Mechanism mechanism) const;
  bool operator==(const Capabilities&) const = default;
};

// Reads one EHLO keyword line ("SIZE 35882577", "AUTH PLAIN LOGIN", "AUTH=LOGIN").
void read_keyword(Capabilities& into, std::string_view line);
// What every one of the two can carry; the smaller size; the common mechanisms.
[[nodiscard]] Capabilities intersection(const Capabilities& a, const Capabilities& b);

}  // namespace todoku::smtp
