// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where Todoku keeps its things on this system. One of the five platform pairs (paths_linux.cpp,
// paths_windows.cpp later). Any thread.
#include "proxy/wire/result.hpp"

#include <filesystem>
#include <vector>

namespace todoku::platform {

// XDG_STATE_HOME/todoku or ~/.local/state/todoku; $TODOKU_STATE_DIR is not read: --state-dir is the
// way.
std::filesystem::path default_state_dir();
// XDG_CONFIG_HOME/todoku/todoku.toml or ~/.config/todoku/todoku.toml, or /etc/todoku/todoku.toml if
// only that exists.
std::filesystem::path default_config_file();
// /etc/todoku/todoku.toml: read below a person's own file.
std::filesystem::path admin_config_file();
// Where Thunderbird may keep its profiles.ini: as a package of the system, of snap or of flatpak.
std::vector<std::filesystem::path> thunderbird_dirs();
// Creates it (and parents) with mode 0700; an existing one that others may read is tightened.
// A folder that everybody may write to is refused and left as it is (operation_not_permitted).
error_code make_private_dir(const std::filesystem::path& dir);

}  // namespace todoku::platform
