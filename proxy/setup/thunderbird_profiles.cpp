// SPDX-License-Identifier: Apache-2.0
// profiles.ini: sections [Profile0] and so on, each with IsRelative and Path, in any order.
#include "proxy/setup/thunderbird_profiles.hpp"

#include "proxy/platform/atomic_file.hpp"

#include <algorithm>

namespace todoku::setup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_ini = 1024UL * 1024;

struct Section {
  bool is_relative = true;
  std::string path;
};

}  // namespace

std::vector<fs::path> profiles_in(std::string_view ini, const fs::path& folder) {
  std::vector<fs::path> found;
  Section section;
  const auto end_section = [&] {
    if (!section.path.empty())
      found.push_back(section.is_relative ? folder / section.path : fs::path(section.path));
    section = {};
  };
  while (!ini.empty()) {
    auto line = ini.substr(0, ini.find('\n'));
    ini.remove_prefix(std::min(ini.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('[')) end_section();
    if (line == "IsRelative=0") section.is_relative = false;
    if (line.starts_with("Path=")) section.path = line.substr(5);
  }
  end_section();
  return found;
}

std::vector<fs::path> find_profiles(const std::vector<fs::path>& folders) {
  std::vector<fs::path> found;
  for (const auto& folder : folders) {
    const auto ini = platform::read_small(folder / "profiles.ini", longest_ini);
    if (ini.has_error()) continue;
    for (auto& profile : profiles_in(*ini, folder)) {
      std::error_code ignored;
      if (fs::is_directory(profile, ignored)) found.push_back(std::move(profile));
    }
  }
  return found;
}

}  // namespace todoku::setup
