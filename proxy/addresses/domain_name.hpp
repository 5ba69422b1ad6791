// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of a domain name. Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::addresses {

// Labels of lower-case letters, digits and inner hyphens, two at least; the last one is no number
// (RFC 1123 section 2.1, RFC 1035 section 2.3.4).
[[nodiscard]] bool is_host_name(std::string_view domain);
// "example.co.jp" of "mail.example.co.jp" with the ending "co.jp"; empty when there is nothing
// before the ending.
[[nodiscard]] std::string_view registrable(std::string_view domain, std::string_view ending);
// The domain without its ending and the dot before it.
[[nodiscard]] std::string_view before_ending(std::string_view domain, std::string_view ending);
// "co.jp" of "example.co.jp"; empty when there is no dot.
[[nodiscard]] std::string_view after_first_label(std::string_view domain);
[[nodiscard]] std::string_view last_label(std::string_view domain);
[[nodiscard]] std::string lower_ascii(std::string_view text);

}  // namespace todoku::addresses
