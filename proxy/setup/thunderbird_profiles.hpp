// SPDX-License-Identifier: Apache-2.0
#pragma once

// Thunderbird's profile folders of this user, by its profiles.ini. Blocking; any thread.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::setup {

// The folders that a profiles.ini names, as it names them: relative ones are below its own folder.
[[nodiscard]] std::vector<std::filesystem::path> profiles_in(std::string_view profiles_ini,
                                                             const std::filesystem::path& folder);
// All that exist below these folders of Thunderbird (platform::thunderbird_dirs).
[[nodiscard]] std::vector<std::filesystem::path> find_profiles(
    const std::vector<std::filesystem::path>& folders);

}  // namespace todoku::setup
