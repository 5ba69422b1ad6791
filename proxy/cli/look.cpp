// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/look.hpp"

#include "proxy/cli/terminal.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/platform/calendar.hpp"
#include "proxy/smtp/reply.hpp"

#include <algorithm>
#include <array>

namespace todoku::cli {

namespace {

constexpr std::size_t max_shown = 1000;  // bytes of one text of a peer

}  // namespace

std::string shown(std::string_view text) {
  const auto safe = smtp::cleaned(text, max_shown);
  std::string out;
  out.reserve(safe.size());
  for (std::string_view rest = safe; !rest.empty();) {
    const auto character = first_character(rest);
    if (character == "\n") {
      out += ' ';
    } else if (is_deceiving(character)) {
      out += '?';
    } else {
      out += character;
    }
    rest.remove_prefix(character.size());
  }
  return out;
}

std::string cut(std::string_view utf8, std::size_t columns) {
  if (columns == 0 || demo::display_width(utf8) <= columns) return std::string(utf8);
  constexpr std::string_view ellipsis = "..";
  std::string out;
  std::size_t used = ellipsis.size();
  while (!utf8.empty()) {
    const auto character = first_character(utf8);
    used += demo::display_width(character);
    if (used > columns) break;
    out += character;
    utf8.remove_prefix(character.size());
  }
  return out + std::string(ellipsis);
}

std::string indented(const Look& look, std::string_view text, std::size_t indent) {
  constexpr std::size_t least = 20;
  const std::size_t columns = look.columns == 0 ? 10'000 : look.columns;
  const auto width = std::max(least, columns - std::min(columns, indent));
  std::string out;
  for (const auto& line : demo::wrap(text, width)) out += std::string(indent, ' ') + line + "\n";
  return out;
}

std::string told(const Look& look, std::string_view key, const explain::Parameters& parameters) {
  const auto text = look.catalog.render(key, parameters);
  for (const auto& [name, value] : parameters) {
    const bool is_command = name == "command" || name == "show";
    if (!is_command || !text.ends_with(value)) continue;
    const auto sentence = text.substr(0, text.size() - value.size());
    return indented(look, sentence, 0) + "  " + value + "\n";
  }
  return indented(look, text, 0);
}

std::string coloured(const Look& look, Colour colour, const std::string& text) {
  if (!look.has_colour) return text;
  constexpr std::array<const char*, 5> codes{"1", "32", "31", "33", "36"};
  return std::string("\x1b[") + codes.at(static_cast<std::size_t>(colour)) + "m" + text + "\x1b[0m";
}

std::string time_text(const Look& look, store::Time at, Precision precision) {
  const auto local = [at](const char* format) { return platform::local_time(at, format); };
  const auto clock = local(precision == Precision::second ? "%H:%M:%S" : "%H:%M");
  constexpr const char* date = "%Y-%m-%d";
  if (local(date) == platform::local_time(look.now, date)) return clock;
  return look.catalog.render("messages.time_of_day",
                             {{"month", local("%m")}, {"day", local("%d")}, {"clock", clock}});
}

std::string utc_text(store::Time at) {
  const auto fraction = at - std::chrono::floor<std::chrono::seconds>(at);
  auto thousandths = std::to_string(fraction.count());
  thousandths.insert(0, 3 - std::min<std::size_t>(3, thousandths.size()), '0');
  return platform::utc_time(at, "%Y-%m-%dT%H:%M:%S.") + thousandths + "Z";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kilo = 1024;
  if (bytes < kilo) return std::to_string(bytes) + " B";
  if (bytes < kilo * kilo) return std::to_string((bytes + kilo / 2) / kilo) + " KB";
  const auto tenths = (bytes * 10 + kilo * kilo / 2) / (kilo * kilo);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::string place_option(std::string_view name, std::string_view value) {
  std::string out = " " + std::string(name) + " ";
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,";
  if (!value.empty() && value.find_first_not_of(plain) == std::string_view::npos)
    return out + std::string(value);
  out += '\'';
  for (const char c : value) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string place_options(const std::optional<std::string>& config,
                          const std::optional<std::string>& state_dir) {
  std::string place;
  if (config) place += place_option("--config", *config);
  if (state_dir) place += place_option("--state-dir", *state_dir);
  return place;
}

}  // namespace todoku::cli
