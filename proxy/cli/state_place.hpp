// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which state directory and language a command that only looks is to use: the option, else the
// settings file, else the usual place.
#include "proxy/settings/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace todoku::cli {

struct StatePlace {
  std::filesystem::path state_dir;
  settings::Language language = settings::Language::automatic;
  std::vector<settings::Mistake> mistakes;  // to be told
  int exit_code = 0;                        // not 0 = the place is not certain: stop
};

StatePlace find_state_place(const std::optional<std::string>& config,
                            const std::optional<std::string>& state_dir);

}  // namespace todoku::cli
