// SPDX-License-Identifier: Apache-2.0
#pragma once

// Host names as text (RFC 1123 section 2.1). Pure: no resolver is asked.
#include "proxy/wire/ip_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace todoku::settings {

using wire::parse_ipv4;
using wire::parse_ipv6;

// nullopt = fine. Otherwise what is wrong: "has a space or ...".
std::optional<std::string> host_fault(std::string_view host);
// ASCII only; independent of the locale.
std::string lower(std::string_view text);
// For messages: at most 60 bytes, control characters shown as '?'.
std::string quoted(std::string_view text);
// A key as it is when it is plain, else quoted: keys are the user's text.
std::string key_text(std::string_view key);

}  // namespace todoku::settings
