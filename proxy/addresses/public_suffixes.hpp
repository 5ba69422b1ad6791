// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Public Suffix List (https://publicsuffix.org, MPL-2.0) as built into libpsl: which endings
// domains are registered below. Only the part kept by registries counts.
// Pure, any thread.
#include <string_view>

namespace todoku::addresses {

// domain: lower-case ASCII (A-labels), no dot at either end.

// The ending that the domain stands below: "co.jp" of "mail.example.co.jp"; the whole domain when
// it is itself such an ending; empty when its top-level domain does not exist.
[[nodiscard]] std::string_view public_ending(std::string_view domain);
[[nodiscard]] bool is_public_ending(std::string_view domain);

}  // namespace todoku::addresses
