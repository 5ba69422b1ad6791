// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields of a part's header that say what it is (RFC 2045, 2183, 2231). Pure.
#include "proxy/skeleton/skeleton.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::skeleton {

// Fields of a header section, with its line ends as they came; at most max_fields. first_line: the
// number of the section's first line.
[[nodiscard]] std::vector<Field> read_fields(std::string_view header, std::uint64_t first_line,
                                             std::size_t max_fields);

// Fills type, charset, disposition, names and encoding of part. boundary: that of a multipart.
void describe(const std::vector<Field>& fields, Part& part, std::string& boundary);

// A parameter with its RFC 2231 forms (name*=, name*0*=) and RFC 2047 words decoded: UTF-8.
[[nodiscard]] std::string decoded_parameter(std::string_view value, std::string_view name);

}  // namespace todoku::skeleton
