// SPDX-License-Identifier: Apache-2.0
#pragma once

// The names of the vendor's rule files below config/, in the order in which they are to be read:
// among rules of the same weight the earlier one wins, so what is specific stands first and
// concepts, the net below the phrases, nearly last.
#include <array>
#include <string_view>

namespace todoku::rules {

inline constexpr std::array<std::string_view, 15> shipped_files{
    "rules/disguises.toml", "rules/microsoft.toml", "rules/google.toml",  "rules/providers.toml",
    "rules/gateways.toml",  "rules/iana.toml",      "rules/wording.toml", "rules/mailers.toml",
    "rules/recipient.toml", "rules/sender.toml",    "rules/content.toml", "rules/systems.toml",
    "rules/languages.toml", "rules/concepts.toml",  "rules/codes.toml"};

}  // namespace todoku::rules
