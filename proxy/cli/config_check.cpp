// SPDX-License-Identifier: Apache-2.0

// Mistakes go to standard output, one a line, so that editors and scripts can read them.
#include "proxy/cli/config_check.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_settings.hpp"
#include "proxy/platform/atomic_file.hpp"
#include "proxy/settings/settings.hpp"

#include <string>
#include <vector>

namespace todoku::cli {
namespace {

using settings::Mistake;
using settings::Settings;

std::vector<Mistake> whole_mistakes(const Settings& settings, const std::string& file) {
  auto mistakes = settings::check_whole(settings);
  // A file without accounts is fine together with --upstream; that is a note, not a mistake.
  if (settings.accounts.empty())
    std::erase_if(mistakes, [](const Mistake& mistake) { return mistake.key == "account"; });
  for (auto& mistake : mistakes) mistake.source = file;
  return mistakes;
}

void print_summary(const Settings& settings, const std::string& file,
                   const explain::Catalog& catalog, std::ostream& out) {
  out << catalog.render("config.fine", {{"file", file}}) << '\n';
  for (const auto& url : settings.listen)
    out << "  " << catalog.render("config.listens", {{"listen", to_string(url)}}) << '\n';
  for (const auto& account : settings.accounts)
    out << "  "
        << catalog.render("config.account",
                          {{"name", account.name}, {"upstream", to_string(account.upstream)}})
        << '\n';
  if (settings.accounts.empty()) out << "  " << catalog.render("config.no_account") << '\n';
  for (const auto& fallback : settings.fallbacks)
    out << "  "
        << catalog.render("config.fallback",
                          {{"name", fallback.name}, {"relay", to_string(fallback.relay)}})
        << '\n';
}

}  // namespace

int config_check(const ConfigCheckOptions& options, const explain::Catalog& catalog,
                 std::ostream& out, std::ostream& error) {
  const auto text = platform::read_small(options.file, max_settings_file);
  if (!text.has_value()) {
    error << "todoku: "
          << catalog.render("config.cannot_read",
                            {{"file", options.file}, {"problem", text.error().message()}})
          << '\n';
    return exit_no_input;
  }
  Settings settings;
  auto mistakes = settings::apply_toml(settings, text.value(), options.file);
  if (mistakes.empty()) mistakes = whole_mistakes(settings, options.file);
  for (const auto& mistake : mistakes) out << to_string(mistake) << '\n';
  if (mistakes.empty()) {
    print_summary(settings, options.file, catalog, out);
    return exit_ok;
  }
  out << catalog.render("config.mistakes", {{"count", std::to_string(mistakes.size())}}) << '\n';
  return exit_config;
}

}  // namespace todoku::cli
