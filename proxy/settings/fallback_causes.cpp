// SPDX-License-Identifier: Apache-2.0
#include "proxy/settings/fallback_causes.hpp"

#include <array>
#include <utility>

namespace todoku::settings {

namespace {

constexpr std::array<std::pair<FallbackCause, std::string_view>, 4> names{{
    {FallbackCause::blocklisted, "blocklisted"},
    {FallbackCause::bad_reputation, "bad-reputation"},
    {FallbackCause::unreachable, "unreachable"},
    {FallbackCause::rate_limited, "rate-limited"},
}};

}  // namespace

std::string_view to_string(FallbackCause cause) {
  for (const auto& [known, name] : names) {
    if (known == cause) return name;
  }
  return {};
}

std::optional<FallbackCause> fallback_cause_named(std::string_view name) {
  for (const auto& [cause, known] : names) {
    if (known == name) return cause;
  }
  return std::nullopt;
}

std::string fallback_cause_names() {
  std::string text;
  for (const auto& [cause, name] : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace todoku::settings
