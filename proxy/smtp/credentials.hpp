// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a client logged in with, and what we log in with at a relay (RFC 4954, 4616, 7628).
#include "proxy/wire/secret.hpp"

#include <cstdint>
#include <string>

namespace todoku::smtp {

enum class Mechanism : std::uint8_t {
  plain,        // RFC 4616
  login,        // de facto, [MS-XLOGIN]
  xoauth2,      // Google and Microsoft; password holds the bearer token
  oauthbearer,  // RFC 7628; password holds the bearer token
};

struct Credentials {
  Mechanism mechanism = Mechanism::plain;
  std::string user;
  wire::Secret password;  // password, or the bearer token for the two OAuth mechanisms
  bool operator==(const Credentials&) const = default;
};

// "PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER".
[[nodiscard]] const char* to_string(Mechanism mechanism);

}  // namespace todoku::smtp
