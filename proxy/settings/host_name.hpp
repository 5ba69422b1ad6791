// SPDX-License-Identifier: Apache-2.0
#pragma once

// Host names and address literals as text (RFC 1123 section 2.1, RFC 4291 section 2.2). Pure: no
// resolver and no socket header is asked.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::settings {

// Four decimal numbers without leading zeros: "010.0.0.1" would be read as octal by some systems.
std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text);
// Without brackets and without a zone.
std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text);
// nullopt = fine. Otherwise what is wrong: "has a space or ...".
std::optional<std::string> host_fault(std::string_view host);
// ASCII only; independent of the locale.
std::string lower(std::string_view text);
// For messages: at most 60 bytes, control characters shown as '?'.
std::string quoted(std::string_view text);
// A key as it is when it is plain, else quoted: keys are the user's text.
std::string key_text(std::string_view key);

}  // namespace todoku::settings
