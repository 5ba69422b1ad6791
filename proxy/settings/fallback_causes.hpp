// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words for what a fallback relay may be used for. Pure.
#include "proxy/settings/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace todoku::settings {

[[nodiscard]] std::string_view to_string(FallbackCause cause);  // "bad-reputation"
[[nodiscard]] std::optional<FallbackCause> fallback_cause_named(std::string_view name);
// All of them, for a mistake: "blocklisted, bad-reputation, ...".
[[nodiscard]] std::string fallback_cause_names();

}  // namespace todoku::settings
