// SPDX-License-Identifier: Apache-2.0

// Puts the layers of settings on each other.
#include "proxy/cli/load_settings.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/platform/atomic_file.hpp"
#include "proxy/platform/paths.hpp"
#include "proxy/settings/registry.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace todoku::cli {
namespace {

using settings::Mistake;
using settings::Settings;
using Mistakes = std::vector<Mistake>;

void append(Mistakes& mistakes, Mistakes more) {
  std::move(more.begin(), more.end(), std::back_inserter(mistakes));
}

// false = a file that had to be there cannot be read. named: by --config.
bool read_file(const std::filesystem::path& file, bool named, LoadedSettings& loaded) {
  if (file.empty() && !named) return true;
  const auto text = platform::read_small(file, max_settings_file);
  if (text.has_value()) {
    append(loaded.mistakes, settings::apply_toml(loaded.settings, text.value(), file.string()));
    return true;
  }
  // The default file is optional, but one that is there and cannot be read is not passed over.
  if (!named && text.error() == boost::system::errc::no_such_file_or_directory) return true;
  loaded.mistakes.push_back(
      {named ? "--config" : file.string(), 0, "",
       "cannot read the settings file " + file.string() + ": " + text.error().message()});
  return false;
}

std::optional<settings::ServerUrl> read_relay(const std::string& text, const char* option,
                                              Mistakes& mistakes) {
  auto parsed = settings::parse_url(text, settings::UrlUse::relay);
  if (auto* url = std::get_if<settings::ServerUrl>(&parsed)) return std::move(*url);
  mistakes.push_back({option, 0, "", std::get<std::string>(parsed)});
  return std::nullopt;
}

// Every sender that no account of the file takes; an account "*" of the file gives way.
void apply_upstream(Settings& settings, const std::string& text, Mistakes& mistakes) {
  auto url = read_relay(text, "--upstream", mistakes);
  if (!url) return;
  std::erase_if(settings.accounts, [](const settings::Account& account) {
    return account.login.empty() && account.senders == std::vector<std::string>{"*"};
  });
  settings.accounts.push_back({"upstream", {"*"}, "", std::move(*url)});
}

void apply_fallbacks(Settings& settings, const std::vector<std::string>& texts,
                     Mistakes& mistakes) {
  if (texts.empty()) return;
  settings.fallbacks.clear();
  for (const auto& text : texts) {
    if (auto url = read_relay(text, "--fallback", mistakes)) {
      std::string name = url->host + ":" + std::to_string(url->port);
      auto& fallback = settings.fallbacks.emplace_back();
      fallback.name = std::move(name);
      fallback.relay = std::move(*url);
    }
  }
}

void apply_several(Settings& settings, const char* key, const std::vector<std::string>& values,
                   const char* option, Mistakes& mistakes) {
  auto found = settings::apply_option(settings, key, values, option);
  for (auto& mistake : found) mistake.key.clear();  // the option says it already
  append(mistakes, std::move(found));
}

void apply_one(Settings& settings, const char* key, const std::optional<std::string>& value,
               const char* option, Mistakes& mistakes) {
  if (value) apply_several(settings, key, {*value}, option, mistakes);
}

Mistakes apply_options(Settings& settings, const ServeOptions& options) {
  Mistakes mistakes;
  if (!options.listen.empty())
    apply_several(settings, "listen", options.listen, "--listen", mistakes);
  if (options.upstream) apply_upstream(settings, *options.upstream, mistakes);
  apply_fallbacks(settings, options.fallback, mistakes);
  apply_one(settings, "mailbox", options.mailbox, "--mailbox", mistakes);
  apply_one(settings, "state_dir", options.state_dir, "--state-dir", mistakes);
  apply_one(settings, "api", options.api, "--api", mistakes);
  apply_one(settings, "upstream_ca", options.upstream_ca, "--upstream-ca", mistakes);
  apply_one(settings, "language", options.language, "--lang", mistakes);
  apply_one(settings, "log.format", options.log, "--log", mistakes);
  apply_one(settings, "delivery.when_unknown", options.when_unknown, "--when-unknown", mistakes);
  if (options.trace) settings.trace = true;
  for (const auto& text : options.set) append(mistakes, settings::apply_override(settings, text));
  return mistakes;
}

}  // namespace

LoadedSettings load_settings(const ServeOptions& options, const std::filesystem::path& default_file,
                             const std::filesystem::path& admin_file) {
  LoadedSettings loaded;
  const bool named = options.config.has_value();
  const auto file = named ? std::filesystem::path(*options.config) : default_file;
  const bool is_admins = file == admin_file;
  if ((!is_admins && !read_file(admin_file, false, loaded)) || !read_file(file, named, loaded)) {
    loaded.exit_code = exit_no_input;
    return loaded;
  }
  const bool file_is_right = loaded.mistakes.empty();
  auto wrong_options = apply_options(loaded.settings, options);
  const bool options_are_right = wrong_options.empty();
  append(loaded.mistakes, std::move(wrong_options));
  // The whole is judged only when its parts are right: a misspelt account is not "no account".
  if (file_is_right && options_are_right)
    append(loaded.mistakes, settings::check_whole(loaded.settings));
  if (!loaded.mistakes.empty())
    loaded.exit_code = file_is_right && !options_are_right ? exit_usage : exit_config;
  return loaded;
}

LoadedSettings load_settings(const ServeOptions& options) {
  return load_settings(options,
                       options.config ? std::filesystem::path{} : platform::default_config_file(),
                       platform::admin_config_file());
}

std::vector<std::string> demo_doors(std::vector<std::string> asked_for,
                                    const std::string& own_url) {
  const auto is_door = [](const std::string& url) {
    return url.starts_with("submission://127.0.0.1") || url.starts_with("submission://localhost");
  };
  const auto door = std::ranges::find_if(asked_for, is_door);
  if (door == asked_for.end()) {
    asked_for.insert(asked_for.begin(), own_url);
  } else {
    std::rotate(asked_for.begin(), door, door + 1);
  }
  return asked_for;
}

bool lacks_only_upstream(const LoadedSettings& loaded) {
  return loaded.settings.accounts.empty() && loaded.mistakes.size() == 1 &&
         loaded.mistakes.front().key == "account" && loaded.mistakes.front().source.empty();
}

}  // namespace todoku::cli
