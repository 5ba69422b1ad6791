// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internationalised domain names (IDNA2008, RFC 5891) between the letters people see and the ASCII
// form of DNS. Owner of libidn2. Pure, any thread.
#include <optional>
#include <string>
#include <string_view>

namespace todoku::addresses {

// domain: UTF-8, lower case. Nothing when it is no domain name.
[[nodiscard]] std::optional<std::string> to_ascii_form(std::string_view domain);
// domain: ASCII with "xn--" labels. Nothing when one of them is broken.
[[nodiscard]] std::optional<std::string> to_letters(std::string_view domain);

}  // namespace todoku::addresses
