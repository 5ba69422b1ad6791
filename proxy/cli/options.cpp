// SPDX-License-Identifier: Apache-2.0
// Which command is meant, and what is said of help, version and mistakes.
#include "proxy/cli/options.hpp"

#include "proxy/cli/declare_options.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace todoku::cli {
namespace {

constexpr std::array<std::string_view, 10> commands{"serve",    "demo",         "explain", "check",
                                                    "messages", "relays",       "secret",  "setup",
                                                    "config",   "check-address"};

// "serve, demo, ... and config"
std::string all_commands(std::string_view last_word) {
  std::string list;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (i > 0) list += i + 1 == commands.size() ? " " + std::string(last_word) + " " : ", ";
    list += commands.at(i);
  }
  return list;
}

// The library ends sentences as it likes; one clear line and where help is ("todoku messages").
Finished usage_error(std::string_view message, const std::string& command) {
  std::string line(message.substr(0, message.find('\n')));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return {exit_usage, "todoku: " + line + "\nTry: " + command + " --help\n"};
}

std::optional<Finished> unknown_command(std::string_view word) {
  const bool known = std::find(commands.begin(), commands.end(), word) != commands.end();
  if (known || word == "--help" || word == "-h" || word == "--version") return std::nullopt;
  if (word.starts_with('-'))
    return usage_error("unknown option " + settings::quoted(word) +
                           "; options stand after the command (" + all_commands("or") + ")",
                       "todoku");
  std::string message = "unknown command " + settings::quoted(word);
  const auto near = settings::nearest(word, commands);
  message += near.empty() ? "; commands are " + all_commands("and")
                          : "; did you mean " + std::string(near) + "?";
  return usage_error(message, "todoku");
}

// An option that the command does not have, with the one that was perhaps meant.
std::string unknown_option(const CLI::App& app, const std::vector<std::string>& left_over) {
  for (const auto& word : left_over) {
    if (!word.starts_with("--")) continue;
    const auto written = std::string_view(word).substr(0, word.find('='));
    std::vector<std::string> names;
    for (const auto* option : app.get_options()) names.push_back(option->get_name());
    const std::vector<std::string_view> known(names.begin(), names.end());
    const auto near = settings::nearest(written, known);
    const auto hint = near.empty() ? std::string() : "; did you mean " + std::string(near) + "?";
    return "unknown option " + settings::quoted(written) + hint;
  }
  return {};
}

// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

// As it is typed: "todoku messages show".
std::string typed(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : typed(*parent) + " " + app.get_name();
}

// The library breaks no lines. What an option means goes on below its own beginning.
std::string within_terminal(std::string_view help) {
  constexpr std::size_t meaning_column = 30;  // of the library
  std::string out;
  while (!help.empty()) {
    const auto end = std::min(help.find('\n'), help.size());
    const auto line = help.substr(0, end);
    help.remove_prefix(std::min(end + 1, help.size()));
    const auto head =
        line.starts_with("  ") ? std::min(meaning_column, line.size()) : std::size_t{0};
    bool is_first = true;
    for (const auto& part : demo::wrap(line.substr(head), demo::terminal_columns - head)) {
      out += is_first ? std::string(line.substr(0, head)) : std::string(head, ' ');
      out += part + "\n";
      is_first = false;
    }
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

Finished help_of(const CLI::App& app) {
  const auto& named = innermost(app);
  const auto* parent = named.get_parent();
  return {exit_ok, within_terminal(named.help(parent == nullptr ? "" : typed(*parent)))};
}

Finished mistake_of(const CLI::App& app, const CLI::Error& error) {
  const auto& named = innermost(app);
  const auto command = typed(named);
  const std::string name = named.get_name();
  if (name == "config") return usage_error("config has one command: check FILE", command);
  // What was typed behind a name may be the secret itself: it is not repeated.
  const auto* parent = named.get_parent();
  if (name == "secret" || (parent != nullptr && parent->get_name() == "secret"))
    return usage_error(
        "secret has the commands set NAME, list and remove NAME; set asks for the secret, or reads "
        "it from standard input",
        command);
  if (name == "setup") return usage_error("setup has one command: address-book", command);
  if (name == "messages")
    return usage_error(
        "messages has the commands list, show ID, retry ID, release ID and discard ID", command);
  const auto better = unknown_option(named, named.remaining());
  return usage_error(better.empty() ? error.what() : better, command);
}

// Every command with its options; after the parse, those of the one that was given.
class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {
    app_.require_subcommand(1);
    add("serve", "Take mail from mail clients and send it on", declare_serve, serve_);
    add("demo", "Show Todoku with a sandbox provider and sample mail; no account needed",
        declare_demo, demo_);
    add("messages", "What became of your messages, and what you can do", declare_messages,
        messages_);
    add("relays", "Which mail servers take mail, and who gets mail by a spare one", declare_relays,
        relays_);
    add("explain", "Say why a message came back, whose side it is on, and what to do now",
        declare_explain, explain_);
    add("secret", "Keep the passwords and keys that the settings name", declare_secret, secret_);
    add("setup", "Work with what your mail program has", declare_setup, setup_);
    add("check-address", "Say whether an address looks mistyped, and what was probably meant",
        declare_check_address, address_);
    add("check", "Look at a message before it is sent", declare_check, check_);
    add("config", "Work with the settings file", declare_config, config_check_);
  }
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  [[nodiscard]] Options given() const { return given_(); }

 private:
  template <class Some>
  void add(const char* name, const char* meaning, void (*declare)(CLI::App&, Some&),
           Some& options) {
    auto& command = *app_.add_subcommand(name, meaning);
    declare(command, options);
    command.callback([this, &options] { given_ = [&options] { return Options(options); }; });
  }

  CLI::App& app_;
  std::function<Options()> given_;
  ServeOptions serve_;
  DemoOptions demo_;
  ExplainOptions explain_;
  ConfigCheckOptions config_check_;
  CheckOptions check_;
  MessagesOptions messages_;
  RelaysOptions relays_;
  SecretOptions secret_;
  SetupOptions setup_;
  CheckAddressOptions address_;
};

}  // namespace

Options parse_options(int argc, const char* const* argv, std::string_view version) {
  const std::string_view first = argc < 2 ? "" : argv[1];
  if (!first.empty()) {
    if (auto finished = unknown_command(first)) return *finished;
  }
  CLI::App app{"Todoku: a local mail submission proxy that says what happened to your mail",
               "todoku"};
  app.set_version_flag("--version", "todoku " + std::string(version), "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  const Commands all(app);
  app.footer("To look around without an account: todoku demo");  // after them: theirs have none
  if (first.empty())
    return Finished{exit_usage, "todoku: no command given\n\n" + within_terminal(app.help())};
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& call) {
    return Finished{exit_ok, std::string(call.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    return help_of(app);
  } catch (const CLI::Error& error) {
    return mistake_of(app, error);
  }
  auto given = all.given();
  const auto* address = std::get_if<CheckAddressOptions>(&given);
  if (address != nullptr && !address->batch && address->addresses.empty()) {
    return usage_error("no address given", "todoku check-address");
  }
  return given;
}

}  // namespace todoku::cli
