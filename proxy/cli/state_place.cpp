// SPDX-License-Identifier: Apache-2.0
// A settings file with mistakes elsewhere does not keep anybody from looking at the mail.
#include "proxy/cli/state_place.hpp"

#include "proxy/cli/load_settings.hpp"
#include "proxy/platform/paths.hpp"

#include <utility>

namespace todoku::cli {

StatePlace find_state_place(const std::optional<std::string>& config,
                            const std::optional<std::string>& state_dir) {
  ServeOptions options;
  options.config = config;
  options.state_dir = state_dir;
  auto loaded = load_settings(options);
  // What only concerns serving ("no account is configured") comes without a place in a file.
  std::erase_if(loaded.mistakes,
                [](const settings::Mistake& mistake) { return mistake.source.empty(); });
  StatePlace place;
  place.language = loaded.settings.language;
  place.state_dir = loaded.settings.state_dir.empty()
                        ? platform::default_state_dir()
                        : std::filesystem::path(loaded.settings.state_dir);
  // The option says the place, so the usual file may be as it likes.
  if (state_dir && !state_dir->empty()) place.state_dir = *state_dir;
  if (state_dir && !config) return place;
  if (!loaded.mistakes.empty()) place.exit_code = loaded.exit_code;
  place.mistakes = std::move(loaded.mistakes);
  return place;
}

}  // namespace todoku::cli
