// SPDX-License-Identifier: Apache-2.0
#pragma once

// Does a text have the account's password in it? Pure. The password is kept and told nowhere.
#include <cstddef>
#include <string_view>

namespace todoku::checks {

// Where it stands as a whole word; npos = nowhere. Not looked for when it could be an ordinary
// word: shorter than six characters, or letters alone.
[[nodiscard]] std::size_t find_password(std::string_view text, std::string_view password);

}  // namespace todoku::checks
