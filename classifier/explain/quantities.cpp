// SPDX-License-Identifier: Apache-2.0
#include "classifier/explain/quantities.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace todoku::explain {

namespace {

// The number that the text begins with; value is what follows it.
std::optional<std::uint64_t> take_number(std::string_view& value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc()) return std::nullopt;
  value.remove_prefix(static_cast<std::size_t>(end - value.data()));
  return number;
}

std::string one_decimal(std::uint64_t bytes, std::uint64_t unit) {
  const auto tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
  auto text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text;
}

struct Unit {
  std::string_view beginning;
  const char* key;
};

constexpr std::array units{Unit{"s", "unit.second"}, Unit{"m", "unit.minute"},
                           Unit{"h", "unit.hour"}, Unit{"d", "unit.day"}};

}  // namespace

std::string readable_size(std::string_view value) {
  auto rest = value;
  const auto bytes = take_number(rest);
  const bool is_plain = rest.empty() || rest == " bytes" || rest == " byte" || rest == " B";
  if (!bytes || !is_plain || *bytes < 1024) return std::string(value);
  constexpr std::uint64_t kilo = 1024, mega = kilo * 1024, giga = mega * 1024;
  if (*bytes >= giga) return one_decimal(*bytes, giga) + " GB";
  if (*bytes >= mega) return one_decimal(*bytes, mega) + " MB";
  return one_decimal(*bytes, kilo) + " KB";
}

std::string readable_wait(const Catalog& catalog, std::string_view value) {
  auto rest = value;
  const auto number = take_number(rest);
  if (!number) return std::string(value);
  while (rest.starts_with(' ') || rest.starts_with('-')) rest.remove_prefix(1);
  if (rest.starts_with("mo")) return std::string(value);
  for (const auto& unit : units) {
    if (rest.starts_with(unit.beginning) && catalog.has(unit.key))
      return catalog.render(unit.key, {{"count", std::to_string(*number)}});
  }
  return std::string(value);
}

}  // namespace todoku::explain
