// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a page of todoku messages and its kin looks: texts within the terminal's width, colours,
// times, sizes. Values in, text out; nothing is read or printed. Any thread.
#include "classifier/explain/messages.hpp"
#include "proxy/store/records.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::cli {

struct Look {
  const explain::Catalog& catalog;
  std::size_t columns = 0;  // of the terminal; 0 = no limit
  bool has_colour = false;
  store::Time now{};
  bool is_running = true;                      // todoku serve runs with this state directory
  std::string place_option{};                  // " --state-dir X" where commands have to name it
  std::map<std::string, store::Verb> asked{};  // message id: what waits for the next start of serve
};

enum class Colour : std::uint8_t {
  bold,
  green,
  red,
  yellow,
  cyan,
};

// Text of peers and of mail, safe for a terminal: one line, no controls, nothing that turns the
// direction of writing.
[[nodiscard]] std::string shown(std::string_view text);
// At most so many columns, with an ellipsis where something was cut; 0 = no limit.
[[nodiscard]] std::string cut(std::string_view utf8, std::size_t columns);
// Paragraph behind so many spaces, within the terminal; ends with a newline.
[[nodiscard]] std::string indented(const Look& look, std::string_view text, std::size_t indent);
// A sentence of the catalog, within the terminal. A command at its end ({command}, {show}) stands
// on a line of its own, whole, to be copied.
[[nodiscard]] std::string told(const Look& look, std::string_view key,
                               const explain::Parameters& parameters = {});
[[nodiscard]] std::string coloured(const Look& look, Colour colour, const std::string& text);

enum class Precision : std::uint8_t {
  minute,
  second
};
// Local time: "14:05" today, with the day otherwise.
[[nodiscard]] std::string time_text(const Look& look, store::Time at,
                                    Precision precision = Precision::minute);
// UTC, RFC 3339 with milliseconds: "2026-11-24T14:05:03.250Z".
[[nodiscard]] std::string utc_text(store::Time at);
[[nodiscard]] std::string size_text(std::uint64_t bytes);
// " --state-dir 'X'": the option as a shell reads it.
[[nodiscard]] std::string place_option(std::string_view name, std::string_view value);
// " --config X --state-dir Y": what a command was given, for the commands that it names.
[[nodiscard]] std::string place_options(const std::optional<std::string>& config,
                                        const std::optional<std::string>& state_dir);

}  // namespace todoku::cli
