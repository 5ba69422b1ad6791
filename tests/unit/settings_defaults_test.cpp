// SPDX-License-Identifier: Apache-2.0

// config/defaults/todoku.toml, the table of keys and the built-in defaults say the same.
#include "config/embedded.hpp"
#include "proxy/settings/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace todoku::settings {
namespace {

std::string_view file() {
  return config::embedded("defaults/todoku.toml");
}

// "section.key" of every line "key = ...", read without the TOML library.
std::set<std::string> keys_in_file() {
  std::set<std::string> keys;
  std::string section;
  std::string_view rest = file();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const auto equals = line.find(" = ");
    if (line.starts_with('[')) {
      section = std::string(line.substr(1, line.find(']') - 1)) + ".";
    } else if (!line.starts_with('#') && equals != std::string_view::npos) {
      EXPECT_TRUE(keys.insert(section + std::string(line.substr(0, equals))).second) << line;
    }
  }
  return keys;
}

TEST(SettingsDefaults, TheFileNamesEveryKeyAndNoOther) {
  std::set<std::string> keys;
  for (const auto& row : all_keys()) {
    EXPECT_TRUE(keys.insert(std::string(row.key)).second) << row.key;
    EXPECT_FALSE(row.meaning.empty()) << row.key;
  }
  EXPECT_EQ(keys_in_file(), keys);
}

TEST(SettingsDefaults, TheFileEqualsTheBuiltInDefaults) {
  Settings settings;
  // Each value is first moved away from its default, so that a line that does nothing is seen.
  settings.listen.clear();
  settings.smtp = {"x", 1, 1, 1, 1, 1, 1, 1, Duration{1}, Duration{1}};
  settings.store = {false, 1, 1};
  settings.dns = {"192.0.2.1", Duration{1}, Duration{1}};
  settings.delivery.retry.clear();
  settings.delivery.path_memory = settings.delivery.chunking = settings.delivery.keep_warm = false;
  settings.gateway = settings.trace = true;
  settings.stop_limit = Duration{1};
  for (const auto& mistake : apply_toml(settings, file(), "todoku.toml"))
    ADD_FAILURE() << to_string(mistake);
  for (const auto& row : rows()) EXPECT_EQ(show(settings, row), show(Settings{}, row)) << row.key;
  EXPECT_TRUE(settings.accounts.empty());
  EXPECT_TRUE(settings.fallbacks.empty());
}

TEST(SettingsDefaults, TheTableSaysTheBuiltInDefaults) {
  for (const auto& row : rows()) {
    EXPECT_EQ(row.default_text, show(Settings{}, row)) << row.key;
    Settings settings;
    for (const auto& mistake :
         apply_override(settings, std::string(row.key) + "=" + show(Settings{}, row)))
      ADD_FAILURE() << to_string(mistake);
    EXPECT_EQ(show(settings, row), show(Settings{}, row)) << row.key;
  }
}

TEST(SettingsDefaults, TheExampleBlocksOfTheFileAreRight) {
  std::string text;
  bool block = false;
  std::string_view rest = file();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.starts_with("# [[")) block = true;
    if (!line.starts_with("# ")) block = false;
    if (block) text += std::string(line.substr(2)) + "\n";
  }
  Settings settings;
  for (const auto& mistake : apply_toml(settings, text, "example"))
    ADD_FAILURE() << to_string(mistake);
  EXPECT_EQ(settings.accounts.size(), 2U);
  ASSERT_EQ(settings.fallbacks.size(), 1U);
  EXPECT_EQ(settings.fallbacks[0].outgoing.size(), 2U);
  EXPECT_EQ(settings.fallbacks[0].when, Fallback{}.when) << "the file says that it is the default";
  EXPECT_TRUE(check_whole(settings).empty());
}

}  // namespace
}  // namespace todoku::settings
