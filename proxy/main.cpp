// SPDX-License-Identifier: Apache-2.0
// The front door: reads the command line, picks the language, and hands over to the subcommand.
#include "classifier/explain/messages.hpp"
#include "proxy/cli/config_check.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_settings.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/cli/messages.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/relays.hpp"
#include "proxy/cli/relays_test.hpp"
#include "proxy/cli/run_check.hpp"
#include "proxy/cli/run_check_address.hpp"
#include "proxy/cli/run_demo.hpp"
#include "proxy/cli/run_explain.hpp"
#include "proxy/cli/sealing.hpp"
#include "proxy/cli/secret.hpp"
#include "proxy/cli/serve.hpp"
#include "proxy/cli/setup_address_book.hpp"
#include "proxy/cli/state_place.hpp"
#include "proxy/platform/paths.hpp"

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>

namespace {

using todoku::settings::Language;

// LC_ALL, LC_MESSAGES, LANG, in the order of POSIX (XBD 8.2).
Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("ja") ? Language::japanese : Language::english;
  }
  return Language::english;
}

Language chosen_language(const std::optional<std::string>& option, Language setting) {
  if (option == "ja") return Language::japanese;
  if (option == "en") return Language::english;
  return setting == Language::automatic ? language_of_environment() : setting;
}

todoku::explain::Catalog catalog_for(Language language) {
  return todoku::cli::load_catalog(language);
}

int run(const todoku::cli::ServeOptions& options) {
  auto loaded = todoku::cli::load_settings(options);
  const auto language = chosen_language(options.language, loaded.settings.language);
  loaded.settings.language = language;  // the providers' names, too
  auto catalog = catalog_for(language);
  catalog.add(todoku::cli::load_check_words(language));
  if (loaded.mistakes.empty()) return todoku::cli::run_serve(loaded.settings, catalog);
  if (todoku::cli::lacks_only_upstream(loaded)) {
    std::cerr << catalog.render("serve.no_upstream") << "\n";
    return loaded.exit_code;
  }
  for (const auto& mistake : loaded.mistakes) std::cerr << to_string(mistake) << "\n";
  std::cerr << catalog.render("serve.settings_mistakes",
                              {{"count", std::to_string(loaded.mistakes.size())}})
            << "\n";
  return loaded.exit_code;
}

int run(const todoku::cli::DemoOptions& options) {
  const auto language = chosen_language(options.language, Language::automatic);
  auto catalog = catalog_for(language);
  catalog.add(todoku::cli::load_check_words(language));
  return todoku::cli::run_demo(options, language, catalog);
}

int run(const todoku::cli::ExplainOptions& options) {
  using todoku::cli::load_explanations;
  if (options.all_causes) {
    std::cout << todoku::cli::all_explanations(load_explanations(Language::japanese),
                                               load_explanations(Language::english));
    return todoku::cli::exit_ok;
  }
  std::ios::sync_with_stdio(false);  // paths and pages come and go in large pieces
  // A batch of bare causes starts faster without the sentences.
  const bool needs_words = !options.batch || options.language;
  const auto words = needs_words
                         ? load_explanations(chosen_language(options.language, Language::automatic))
                         : todoku::explain::Catalog();
  const auto classifier = todoku::cli::load_classifier();
  const auto situations =
      options.batch ? todoku::explain::Situations() : todoku::cli::load_situations();
  const todoku::cli::ExplainTools tools{
      classifier, situations, words,    todoku::cli::standard_output(),
      std::cin,   std::cout,  std::cerr};
  return todoku::cli::run_explain(options, tools);
}

int run(const todoku::cli::CheckAddressOptions& options) {
  std::ios::sync_with_stdio(false);  // lists come and go in large pieces
  const auto checker = todoku::cli::load_checker(!options.no_known_domains);
  const bool needs_words = !options.batch || options.language;
  const auto words =
      needs_words
          ? todoku::cli::load_address_words(chosen_language(options.language, Language::automatic))
          : todoku::explain::Catalog();
  const todoku::cli::CheckAddressTools tools{checker, words, todoku::cli::standard_output(),
                                             std::cin, std::cout};
  return todoku::cli::run_check_address(options, tools);
}

int run(const todoku::cli::ConfigCheckOptions& options) {
  const auto catalog = catalog_for(chosen_language(options.language, Language::automatic));
  return todoku::cli::config_check(options, catalog, std::cout, std::cerr);
}

int run(const todoku::cli::CheckOptions& options) {
  const auto loaded = todoku::cli::load_check_settings(options);
  for (const auto& mistake : loaded.mistakes) std::cerr << to_string(mistake) << "\n";
  if (loaded.exit_code != 0) return loaded.exit_code;
  const auto words =
      todoku::cli::load_check_words(chosen_language(options.language, loaded.settings.language));
  const auto lists = todoku::cli::load_check_lists();
  return todoku::cli::run_check(
      options, {loaded.settings, lists, words, todoku::cli::standard_output(), std::cin, std::cout,
                std::cerr});
}

// For the commands that look into the state directory of a serve.
template <class Some, class Command>
int run_at_place(const Some& options, Command command) {
  const auto place = todoku::cli::find_state_place(options.config, options.state_dir);
  const auto language = chosen_language(options.language, place.language);
  auto catalog = catalog_for(language);
  catalog.add(todoku::cli::load_check_words(language));
  for (const auto& mistake : place.mistakes) std::cerr << to_string(mistake) << "\n";
  if (place.exit_code != 0) return place.exit_code;
  return command(place.state_dir, catalog, todoku::cli::terminal_console());
}

int run(const todoku::cli::MessagesOptions& options) {
  return run_at_place(options, [&](const auto& dir, const auto& catalog, const auto& console) {
    const auto sealer = todoku::cli::sealer_for_reading(dir);
    return todoku::cli::run_messages(options, dir, sealer, catalog, console);
  });
}

// What sends, or asks the DNS, needs the settings; an account is none of its business.
int run_with_settings(const todoku::cli::RelaysOptions& options) {
  todoku::cli::ServeOptions places;
  places.config = options.config;
  places.state_dir = options.state_dir;
  places.set = options.set;
  const auto loaded = todoku::cli::load_settings(places);
  if (!loaded.mistakes.empty() && !todoku::cli::lacks_only_upstream(loaded)) {
    for (const auto& mistake : loaded.mistakes) std::cerr << to_string(mistake) << "\n";
    return loaded.exit_code;
  }
  return run_at_place(options, [&](const auto& dir, const auto& catalog, const auto& console) {
    const todoku::cli::RelayTools tools{loaded.settings, dir, todoku::cli::sealer_for_reading(dir),
                                        catalog, console};
    const bool is_test = options.action == todoku::cli::RelaysAction::test;
    return is_test ? todoku::cli::run_relays_test(options, tools)
                   : todoku::cli::run_relays_learn(options, tools);
  });
}

int run(const todoku::cli::RelaysOptions& options) {
  if (options.action != todoku::cli::RelaysAction::show) return run_with_settings(options);
  return run_at_place(options, [&](const auto& dir, const auto& catalog, const auto& console) {
    const auto sealer = todoku::cli::sealer_for_reading(dir);
    return todoku::cli::run_relays(options, dir, sealer, catalog, console);
  });
}

int run(const todoku::cli::SecretOptions& options) {
  return run_at_place(options, [&](const auto& dir, const auto& catalog, const auto& console) {
    const auto keeper = todoku::platform::system_keeper();
    return todoku::cli::run_secret(options, dir, *keeper, catalog, console);
  });
}

int run(const todoku::cli::SetupOptions& options) {
  return run_at_place(options, [&](const auto& dir, const auto& catalog, const auto& console) {
    const auto checker = todoku::cli::load_checker(true);
    return todoku::cli::run_setup_address_book(
        options, {dir, todoku::cli::sealer_for_reading(dir), todoku::platform::thunderbird_dirs(),
                  checker, catalog, console});
  });
}

int run(const todoku::cli::Finished& finished) {
  (finished.code == 0 ? std::cout : std::cerr) << finished.text;
  return finished.code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = todoku::cli::parse_options(argc, argv, TODOKU_VERSION);
  return std::visit([](const auto& chosen) { return run(chosen); }, options);
}
