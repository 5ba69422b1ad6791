// SPDX-License-Identifier: Apache-2.0
#pragma once

// The table of all keys: one row for each, used by the file reader, --set, the documentation and
// the test of config/defaults/todoku.toml. A new setting is one member and one row.
#include "proxy/settings/given.hpp"
#include "proxy/settings/settings.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::settings {

enum class Unit : std::uint8_t {
  none,
  count,
  bytes,
  duration
};

// Where a row's value lives; its type decides how a value is read and shown.
using Target = std::variant<bool*, std::uint32_t*, std::uint64_t*, std::string*, Duration*,
                            std::vector<Duration>*, std::vector<ServerUrl>*,
                            std::vector<std::string>*, std::optional<ServerUrl>*, Language*,
                            LogFormat*, LogLevel*, BareNewline*, WhenUnknown*, CheckLevel*>;
using TextFault = std::optional<std::string> (*)(std::string_view);

struct Row {
  std::string_view key;  // "section.name", or "name" at the top
  Target (*target)(Settings&);
  Unit unit;
  std::uint64_t least;  // in bytes, milliseconds or pieces
  std::uint64_t most;
  TextFault text_fault;  // for texts: what is wrong, or null
  std::string_view default_text;
  std::string_view meaning;
};

std::span<const Row> rows();
const Row* find_row(std::string_view key);

struct Fault {
  std::uint32_t line = 0;
  std::string message;
};
// Puts the value in its place; on faults the old value stays.
std::vector<Fault> assign(Settings& settings, const Row& row, const Given& given);
// Why a key may not be changed any more; nullopt = it may. locked: those of the texts before.
std::optional<std::string> lock_fault(const std::vector<std::string>& locked, std::string_view key);
// As it would be written after --set KEY=.
std::string show(const Settings& settings, const Row& row);
// "unknown key; did you mean ...?"
std::string unknown_key(std::string_view key);
// One value of a command line option, for the same key as in the file; several make a list.
std::vector<Mistake> apply_option(Settings& settings, std::string_view key,
                                  const std::vector<std::string>& values, std::string_view option);

}  // namespace todoku::settings
