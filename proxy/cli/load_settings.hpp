// SPDX-License-Identifier: Apache-2.0
#pragma once

// Built-in defaults, then the settings file, then options, then --set: one Settings and every
// mistake found on the way.
#include "proxy/cli/options.hpp"
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace todoku::cli {

struct LoadedSettings {
  settings::Settings settings;
  std::vector<settings::Mistake> mistakes;
  // 0 = no mistakes; exit_no_input = the named file cannot be read; exit_usage = only options are
  // wrong; exit_config otherwise.
  int exit_code = 0;
};

// default_file is read when no --config is given; it need not exist.
LoadedSettings load_settings(const ServeOptions& options,
                             const std::filesystem::path& default_file);
// With platform::default_config_file().
LoadedSettings load_settings(const ServeOptions& options);
// The demo reads no file; its accounts are its own, so the whole is not judged here.
LoadedSettings load_demo_settings(const DemoOptions& options);

constexpr std::size_t max_settings_file = 1024 * 1024;  // bytes

// Nothing is wrong except that no server is named: the first thing that a newcomer meets.
bool lacks_only_upstream(const LoadedSettings& loaded);

}  // namespace todoku::cli
