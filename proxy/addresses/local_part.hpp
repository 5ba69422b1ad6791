// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part before the @. Pure, any thread.
#include "proxy/addresses/data.hpp"

#include <string>
#include <string_view>

namespace todoku::addresses {

// Characters and length that a mailbox can have (RFC 5321 sections 4.1.2 and 4.5.3.1.1, RFC 6531);
// how dots stand is not looked at.
[[nodiscard]] bool is_local_part(std::string_view local);
// The local part without dots that the provider never had; the same when there is nothing to do.
[[nodiscard]] std::string with_dots_mended(std::string_view local, Dots dots);

}  // namespace todoku::addresses
