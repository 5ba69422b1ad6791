// SPDX-License-Identifier: Apache-2.0

// --set KEY=VALUE and the other options: texts that take the type of their key.
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/registry.hpp"
#include "proxy/settings/settings.hpp"

namespace todoku::settings {
namespace {

std::vector<Mistake> assign_text(Settings& settings, std::string_view key, const Given& given,
                                 std::string_view source) {
  const Row* row = find_row(key);
  const std::string shown = key_text(key);
  if (row == nullptr) {
    const auto section = key.substr(0, key.find_first_of(".["));
    if (section == "account" || section == "fallback")
      return {{std::string(source), 0, shown,
               "accounts and fallbacks stand in the file; on the command line give --upstream URL "
               "or --fallback URL"}};
    return {{std::string(source), 0, shown, unknown_key(key)}};
  }
  if (auto fault = lock_fault(settings.locked, key))
    return {{std::string(source), 0, shown, std::move(*fault)}};
  std::vector<Mistake> mistakes;
  for (auto& fault : assign(settings, *row, given))
    mistakes.push_back({std::string(source), 0, shown, std::move(fault.message)});
  return mistakes;
}

}  // namespace

std::vector<Mistake> apply_override(Settings& settings, std::string_view key_value) {
  const auto equals = key_value.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return {{"--set", 0, quoted(key_value), "write KEY=VALUE, for instance log.level=debug"}};
  Given given;
  given.items.push_back({std::string(key_value.substr(equals + 1)), 0});
  given.commas = true;
  return assign_text(settings, key_value.substr(0, equals), given, "--set");
}

std::vector<Mistake> apply_option(Settings& settings, std::string_view key,
                                  const std::vector<std::string>& values, std::string_view option) {
  Given given;
  for (const auto& value : values) given.items.push_back({value, 0});
  given.is_list = values.size() > 1;
  return assign_text(settings, key, given, option);
}

std::string to_string(const Mistake& mistake) {
  std::string text = mistake.source;
  if (mistake.line != 0) text += (text.empty() ? "line " : ":") + std::to_string(mistake.line);
  if (!text.empty()) text += ": ";
  if (!mistake.key.empty()) text += mistake.key + ": ";
  return text + mistake.message;
}

}  // namespace todoku::settings
