// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the readers of a client's command line share: its words, and how a wrong one is refused.
// ASCII only; other octets are left as they are.
#include "proxy/smtp/reply.hpp"

#include <string>
#include <string_view>

namespace todoku::smtp {

[[nodiscard]] bool is_space(char c);
[[nodiscard]] std::string_view trimmed(std::string_view text);  // of spaces and tabs
[[nodiscard]] std::string upper_copy(std::string_view text);
[[nodiscard]] bool has_eight_bit(std::string_view text);
// Neither spaces nor control characters; octets from 0x80 on count as printable.
[[nodiscard]] bool is_printable(std::string_view text);
// Case-blind comparison of ASCII letters; `upper` must be in upper case.
[[nodiscard]] bool equals_upper(std::string_view text, std::string_view upper);

// status, text: literals.
[[nodiscard]] Reply refusal(int code, const char* status, const char* text);
[[nodiscard]] Reply bad_parameter(const char* text);

}  // namespace todoku::smtp
