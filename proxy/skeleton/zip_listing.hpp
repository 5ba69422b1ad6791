// SPDX-License-Identifier: Apache-2.0
#pragma once

// The names inside a ZIP file by its directory, without unpacking anything (PKWARE APPNOTE 6.3.10,
// sections 4.3.7, 4.3.12 and 4.3.16). Pure, bounded, tolerant of cut and hostile files.
#include "proxy/skeleton/skeleton.hpp"

#include <string_view>

namespace todoku::skeleton {

// head: the first octets of the file; tail: its last ones, which may be all of it.
[[nodiscard]] Archive list_zip(std::string_view head, std::string_view tail);

[[nodiscard]] constexpr bool is_zip(std::string_view head) {
  return head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06");
}

}  // namespace todoku::skeleton
