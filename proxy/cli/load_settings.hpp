// SPDX-License-Identifier: Apache-2.0
#pragma once

// Built-in defaults, then the administrator's file, the person's file, options, and --set: one
// Settings and every mistake found on the way.
#include "proxy/cli/options.hpp"
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace todoku::cli {

struct LoadedSettings {
  settings::Settings settings;
  std::vector<settings::Mistake> mistakes;
  // 0 = no mistakes; exit_no_input = the named file cannot be read; exit_usage = only options are
  // wrong; exit_config otherwise.
  int exit_code = 0;
};

// admin_file is read first, and what it locks stays; default_file then when no --config is given.
// Neither need exist.
LoadedSettings load_settings(const ServeOptions& options, const std::filesystem::path& default_file,
                             const std::filesystem::path& admin_file = {});
// With platform::default_config_file() and platform::admin_config_file().
LoadedSettings load_settings(const ServeOptions& options);
// Where the demo listens: what was asked for, and first of all own_url when nothing of that is a
// plain door on 127.0.0.1, through which the sample messages go.
std::vector<std::string> demo_doors(std::vector<std::string> asked_for, const std::string& own_url);

constexpr std::size_t max_settings_file = 1024 * 1024;  // bytes

// Nothing is wrong except that no server is named: the first thing that a newcomer meets.
bool lacks_only_upstream(const LoadedSettings& loaded);

}  // namespace todoku::cli
