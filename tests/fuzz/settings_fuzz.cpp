// SPDX-License-Identifier: Apache-2.0

// Any bytes as a settings file, and each of their lines as a --set: no crash, and what was read
// stays within the bounds that a second reading accepts.
#include "proxy/settings/registry.hpp"
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace todoku::settings;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Settings settings;
  for (const auto& mistake : apply_toml(settings, text, "fuzz")) {
    if (mistake.message.empty() || to_string(mistake).empty()) std::abort();
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    static_cast<void>(apply_override(settings, rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  static_cast<void>(check_whole(settings));
  for (const auto& row : rows()) {
    const auto shown = std::string(row.key) + "=" + show(settings, row);
    // A text may hold a comma only where it is no list, so every shown value can be read again.
    if (!apply_override(settings, shown).empty() && row.key != "listen") std::abort();
  }
  return 0;
}
