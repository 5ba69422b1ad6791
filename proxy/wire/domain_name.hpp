// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names of the DNS as text (RFC 1035 section 2.3). ASCII, whatever the locale. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace todoku::wire {

// Lower case, without the dot at its end: equal names are equal texts.
[[nodiscard]] std::string normal_name(std::string_view name);
// It can be put into a question: labels of 1 to 63 visible characters, at most 253 in all.
[[nodiscard]] bool is_dns_name(std::string_view name);
// The domain itself, or a name below it; the case of letters does not matter.
[[nodiscard]] bool is_same_or_below(std::string_view name, std::string_view domain);
// The parts between the separators; one at least. Valid as long as the text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace todoku::wire
