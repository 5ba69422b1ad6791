// SPDX-License-Identifier: Apache-2.0
#pragma once

// An SPF record as it is published (RFC 7208 sections 4.5, 5 and 6): text to terms. The whole
// record is checked before any of it is used (section 4.6). Pure.
#include "proxy/wire/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::mailauth {

enum class SpfResult : std::uint8_t {
  none,       // nothing is published, or there is no domain to ask about
  neutral,    // the domain says neither
  pass,       // the client may send for the domain
  fail,       // it may not
  softfail,   // it probably may not
  temperror,  // the DNS did not answer: may be otherwise later
  permerror,  // what is published cannot be read
};
[[nodiscard]] const char* to_string(SpfResult result);  // "pass", as in Received-SPF

enum class SpfMechanism : std::uint8_t {
  all,
  include,
  a,
  mx,
  ptr,
  ip4,
  ip6,
  exists,
};

struct SpfDirective {
  SpfResult qualifier = SpfResult::pass;  // pass, fail, softfail or neutral: the result of a match
  SpfMechanism mechanism = SpfMechanism::all;
  std::string domain;       // with macros; empty = the current domain
  wire::IpAddress network;  // ip4, ip6
  unsigned prefix4 = 32;    // bits; a, mx, ip4
  unsigned prefix6 = 128;   // bits; a, mx, ip6
  std::string text;         // as published, for people
};

struct SpfRecord {
  std::vector<SpfDirective> directives;
  std::optional<std::string> redirect;     // with macros
  std::optional<std::string> explanation;  // of exp=, with macros
};

// The text is an SPF record of version 1, right or wrong.
[[nodiscard]] bool is_spf_record(std::string_view text);
// Requires is_spf_record. The record, or what is wrong with it (English, names the term).
[[nodiscard]] std::variant<SpfRecord, std::string> parse_spf(std::string_view text);

}  // namespace todoku::mailauth
