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

// The few sentences around the mistakes. {} is the one parameter.
struct Sentences {
  std::string_view cannot_read;
  std::string_view count;
  std::string_view fine;
  std::string_view listens;
  std::string_view account;
  std::string_view no_account;
};
constexpr Sentences english{"cannot read {}",
                            "{} to correct.",
                            "OK: no mistakes in {}",
                            "listens on {}",
                            "account {}",
                            "no [[account]] in this file: todoku serve needs --upstream URL"};
constexpr Sentences japanese{
    "{} を読み込めません",
    "直す所が {} か所あります。",
    "OK: {} に誤りはありません",
    "待ち受け: {}",
    "アカウント: {}",
    "[[account]] がありません。todoku serve に --upstream URL を付けてください"};

std::string filled(std::string_view sentence, std::string_view value) {
  const auto place = sentence.find("{}");
  if (place == std::string_view::npos) return std::string(sentence);
  return std::string(sentence.substr(0, place)) + std::string(value) +
         std::string(sentence.substr(place + 2));
}

std::vector<Mistake> whole_mistakes(const Settings& settings, const std::string& file) {
  auto mistakes = settings::check_whole(settings);
  // A file without accounts is fine together with --upstream; that is a note, not a mistake.
  if (settings.accounts.empty())
    std::erase_if(mistakes, [](const Mistake& mistake) { return mistake.key == "account"; });
  for (auto& mistake : mistakes) mistake.source = file;
  return mistakes;
}

void print_summary(const Settings& settings, const std::string& file, const Sentences& sentences,
                   std::ostream& out) {
  out << filled(sentences.fine, file) << '\n';
  for (const auto& url : settings.listen)
    out << "  " << filled(sentences.listens, to_string(url)) << '\n';
  for (const auto& account : settings.accounts)
    out << "  " << filled(sentences.account, account.name + ": " + to_string(account.upstream))
        << '\n';
  if (settings.accounts.empty()) out << "  " << sentences.no_account << '\n';
}

}  // namespace

int config_check(const ConfigCheckOptions& options, std::ostream& out, std::ostream& error) {
  const Sentences& sentences = options.language == "ja" ? japanese : english;
  const auto text = platform::read_small(options.file, max_settings_file);
  if (!text.has_value()) {
    error << "todoku: " << filled(sentences.cannot_read, options.file) << ": "
          << text.error().message() << '\n';
    return exit_no_input;
  }
  Settings settings;
  auto mistakes = settings::apply_toml(settings, text.value(), options.file);
  if (mistakes.empty()) mistakes = whole_mistakes(settings, options.file);
  for (const auto& mistake : mistakes) out << to_string(mistake) << '\n';
  if (mistakes.empty()) {
    print_summary(settings, options.file, sentences, out);
    return exit_ok;
  }
  const auto count = std::to_string(mistakes.size());
  const bool plain = options.language == "ja";
  out << filled(sentences.count,
                plain ? count : count + (mistakes.size() == 1 ? " mistake" : " mistakes"))
      << '\n';
  return exit_config;
}

}  // namespace todoku::cli
