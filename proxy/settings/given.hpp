// SPDX-License-Identifier: Apache-2.0
#pragma once

// What somebody wrote for a key, before its type is known, and the texts of durations and sizes.
#include "proxy/settings/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::settings {

struct Scalar {
  // monostate: something that no key takes (a date, a table, a list in a list).
  std::variant<std::monostate, bool, std::int64_t, double, std::string> value;
  std::uint32_t line = 0;
};

struct Given {
  std::vector<Scalar> items;  // one unless it is a list
  bool is_list = false;
  bool commas = false;  // --set: one text; where a list is wanted, commas separate its items
  std::uint32_t line = 0;
};

// 500ms 20s 5m 24h 7d, or a bare number of seconds.
std::optional<Duration> parse_duration(std::string_view text);
// 64KiB 4MiB 25MB 2GB 1TiB, or a bare number of bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
// In the largest unit that shows it exactly.
std::string duration_text(Duration duration);
std::string size_text(std::uint64_t bytes);

}  // namespace todoku::settings
