// SPDX-License-Identifier: Apache-2.0
#pragma once

// The macros of SPF (RFC 7208 section 7): their grammar and their expansion. Pure.
#include "proxy/wire/ip_address.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace todoku::mailauth {

// By the grammar of section 7.1, without the letters that only an explanation may have.
[[nodiscard]] bool is_macro_string(std::string_view text);
// The same, ending in a label that can be a top-level domain, or in a macro.
[[nodiscard]] bool is_domain_spec(std::string_view text);
// An explanation: spaces and the letters c, r and t are allowed, too.
[[nodiscard]] bool is_explain_string(std::string_view text);

// The text has the macro of the client's own name, which needs the DNS.
[[nodiscard]] bool names_client(std::string_view text);

struct SpfMacroValues {
  std::string local_part;     // l
  std::string sender_domain;  // o
  std::string domain;         // d: the current one
  wire::IpAddress client;     // i, c, v
  std::string client_name;    // p: validated, else "unknown"
  std::string hello;          // h
  std::string receiver;       // r
  std::chrono::seconds now;   // t, since 1970
};

// Requires that the text is right. Not longer than a small multiple of it and of the values.
[[nodiscard]] std::string expand_macros(std::string_view text, const SpfMacroValues& values);
// The same for a name to be asked for: labels are dropped at its left until it is at most 253 long.
[[nodiscard]] std::string expand_domain(std::string_view text, const SpfMacroValues& values);

}  // namespace todoku::mailauth
