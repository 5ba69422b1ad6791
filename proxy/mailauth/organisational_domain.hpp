// SPDX-License-Identifier: Apache-2.0
#pragma once

// The domain that a name was registered as, by the public suffix list (RFC 7489 section 3.2): of
// mail.example.co.jp it is example.co.jp. The list is the one built into libpsl. Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::mailauth {

// Lower case, without a dot at its end. A public suffix itself, or a name of one label, is returned
// as it is.
[[nodiscard]] std::string organisational_domain(std::string_view domain);
[[nodiscard]] bool share_organisation(std::string_view left, std::string_view right);

}  // namespace todoku::mailauth
