// SPDX-License-Identifier: Apache-2.0

// Durations and sizes: number and unit to value, and back.
#include "proxy/settings/given.hpp"

#include "proxy/settings/host_name.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace todoku::settings {
namespace {

using UnitRow = std::pair<std::string_view, std::uint64_t>;
constexpr std::array<UnitRow, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<UnitRow, 9> size_units{{{"TiB", 1ULL << 40},
                                             {"TB", 1'000'000'000'000},
                                             {"GiB", 1ULL << 30},
                                             {"GB", 1'000'000'000},
                                             {"MiB", 1ULL << 20},
                                             {"MB", 1'000'000},
                                             {"KiB", 1ULL << 10},
                                             {"KB", 1'000},
                                             {"B", 1}}};
constexpr std::uint64_t largest = static_cast<std::uint64_t>(INT64_MAX);

// The number times its unit; nullopt also when that is too large to be meant.
template <std::size_t N>
std::optional<std::uint64_t> read(std::string_view text, const std::array<UnitRow, N>& units,
                                  std::uint64_t bare_unit) {
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::uint64_t factor = text.empty() ? bare_unit : 0;
  for (const auto& [name, size] : units) {
    if (lower(text) == lower(name)) factor = size;
  }
  if (factor == 0 || number > largest / factor) return std::nullopt;
  return number * factor;
}

template <std::size_t N>
std::string write(std::uint64_t value, const std::array<UnitRow, N>& units) {
  for (const auto& [name, size] : units) {
    if (value >= size && value % size == 0) return std::to_string(value / size) + std::string(name);
  }
  return "0" + std::string(units[N - 1].first);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const auto value = read(text, duration_units, 1'000);
  if (!value) return std::nullopt;
  return Duration(static_cast<Duration::rep>(*value));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return read(text, size_units, 1);
}

std::string duration_text(Duration duration) {
  return write(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::string size_text(std::uint64_t bytes) {
  return write(bytes, size_units);
}

}  // namespace todoku::settings
