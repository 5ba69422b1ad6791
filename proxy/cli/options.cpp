// SPDX-License-Identifier: Apache-2.0

// Declares the options with CLI11 and copies what it read. Values are checked later by the
// settings, which know what would be right; here only words from a short list are.
#include "proxy/cli/options.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace todoku::cli {
namespace {

constexpr std::array<std::string_view, 4> commands{"serve", "demo", "explain", "config"};

// The library ends sentences as it likes; one clear line and where help is.
Finished usage_error(std::string_view message, std::string_view command) {
  std::string line(message.substr(0, message.find('\n')));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  std::string help = "todoku ";
  if (!command.empty()) help += std::string(command) + " ";
  return {exit_usage, "todoku: " + line + "\nTry: " + help + "--help\n"};
}

void add_texts(CLI::App& app, const char* name, std::vector<std::string>& values,
               const char* meaning, const char* type) {
  app.add_option(name, values, meaning)->allow_extra_args(false)->type_name(type);
}

void add_text(CLI::App& app, const char* name, std::optional<std::string>& value,
              const char* meaning, const char* type) {
  app.add_option(name, value, meaning)->type_name(type);
}

void add_word(CLI::App& app, const char* name, std::optional<std::string>& value,
              const char* meaning, const std::vector<std::string>& words) {
  std::string type;
  for (const auto& word : words) type += (type.empty() ? "" : "|") + word;
  const auto known = [words, type](const std::string& text) {
    const bool found = std::find(words.begin(), words.end(), text) != words.end();
    return found ? std::string{} : settings::quoted(text) + " is not known; write " + type;
  };
  // A validator's own name would be shown instead of the type.
  app.add_option(name, value, meaning)->type_name(type)->check(CLI::Validator(known, ""));
}

void add_language(CLI::App& app, std::optional<std::string>& value) {
  add_word(app, "--lang", value, "Language of messages", {"ja", "en"});
}

void declare_serve(CLI::App& app, ServeOptions& options) {
  add_text(app, "--config", options.config, "Settings file", "FILE");
  add_texts(app, "--listen", options.listen,
            "Where mail clients connect, for instance submission://127.0.0.1:1587; may be repeated",
            "URL");
  add_text(app, "--upstream", options.upstream,
           "Server that sends the mail of every sender, for instance "
           "submission://sv0000.example.jp:587",
           "URL");
  add_texts(app, "--fallback", options.fallback,
            "Spare server; may be repeated (checked now, used from a later release)", "URL");
  add_text(app, "--mailbox", options.mailbox,
           "Mailbox to watch for bounces (checked now, used from a later release)", "URL");
  add_text(app, "--state-dir", options.state_dir,
           "Folder of Todoku's own for spool and certificate", "DIR");
  add_text(app, "--api", options.api,
           "Address of the dashboard (checked now, used from a later release)", "HOST:PORT");
  add_text(app, "--upstream-ca", options.upstream_ca,
           "Further root certificates (PEM) for upstream servers", "FILE");
  add_language(app, options.language);
  add_word(app, "--log", options.log, "Form of the log on standard error", {"text", "json"});
  app.add_flag("--trace", options.trace, "Log each protocol line, without secrets and bodies");
  add_word(app, "--when-unknown", options.when_unknown,
           "When an answer was lost (checked now, used from a later release)", {"ask", "resend"});
  add_texts(app, "--set", options.set, "Override any setting; may be repeated", "KEY=VALUE");
}

void declare_demo(CLI::App& app, DemoOptions& options) {
  add_language(app, options.language);
  app.add_flag("--once", options.once, "End after the sample messages");
  add_texts(app, "--listen", options.listen, "Where mail clients connect; may be repeated", "URL");
  add_text(app, "--state-dir", options.state_dir, "Folder for what the demo keeps", "DIR");
}

void declare_explain(CLI::App& app, ExplainOptions& options) {
  app.add_option("FILE", options.words,
                 "Returned mails; without any, one mail on standard input. Also an error in words: "
                 "todoku explain 550 5.1.1 User unknown")
      ->type_name("");
  auto* text = app.add_option("--text", options.text, "What an error says, a code, or a situation")
                   ->type_name("TEXT");
  add_language(app, options.language);
  auto* json = app.add_flag("--json", options.json, "One JSON object for each mail");
  auto* batch = app.add_flag("--batch", options.batch,
                             "File paths on standard input, one JSON line each on standard output");
  auto* all = app.add_flag("--all-causes", options.all_causes,
                           "Every explanation there is, Japanese and English side by side");
  batch->excludes(text);
  all->excludes(text)->excludes(batch)->excludes(json);
}

std::optional<Finished> unknown_command(std::string_view word) {
  const bool known = std::find(commands.begin(), commands.end(), word) != commands.end();
  if (known || word == "--help" || word == "-h" || word == "--version") return std::nullopt;
  if (word.starts_with('-'))
    return usage_error("unknown option " + settings::quoted(word) +
                           "; options stand after the command (serve, demo, explain or config)",
                       "");
  std::string message = "unknown command " + settings::quoted(word);
  const auto near = settings::nearest(word, commands);
  message += near.empty() ? "; commands are serve, demo, explain and config"
                          : "; did you mean " + std::string(near) + "?";
  return usage_error(message, "");
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

}  // namespace

Options parse_options(int argc, const char* const* argv, std::string_view version) {
  const std::string_view first = argc < 2 ? "" : argv[1];
  if (!first.empty()) {
    if (auto finished = unknown_command(first)) return *finished;
  }
  CLI::App app{"Todoku: a local mail submission proxy that says what happened to your mail",
               "todoku"};
  app.footer("To look around without an account: todoku demo");
  app.set_version_flag("--version", "todoku " + std::string(version), "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  ServeOptions serve;
  DemoOptions demo;
  ExplainOptions explain;
  ConfigCheckOptions check;
  auto& serve_app = *app.add_subcommand("serve", "Take mail from mail clients and send it on");
  declare_serve(serve_app, serve);
  auto& demo_app = *app.add_subcommand(
      "demo", "Show Todoku with a sandbox provider and sample mail; no account needed");
  declare_demo(demo_app, demo);
  auto& explain_app = *app.add_subcommand(
      "explain", "Say why a message came back, whose side it is on, and what to do now");
  declare_explain(explain_app, explain);
  auto& config_app = *app.add_subcommand("config", "Work with the settings file");
  config_app.require_subcommand(1);
  auto& check_app = *config_app.add_subcommand("check", "Tell every mistake in a settings file");
  check_app.add_option("FILE", check.file, "Settings file")->required()->type_name("");
  add_language(check_app, check.language);
  if (first.empty()) return Finished{exit_usage, "todoku: no command given\n\n" + app.help()};
  const std::string_view command = first.starts_with('-') ? std::string_view{} : first;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& call) {
    return Finished{exit_ok, std::string(call.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    // Help of the innermost command that was named.
    if (check_app.parsed()) return Finished{exit_ok, check_app.help("todoku config")};
    if (config_app.parsed()) return Finished{exit_ok, config_app.help("todoku")};
    if (serve_app.parsed()) return Finished{exit_ok, serve_app.help("todoku")};
    if (demo_app.parsed()) return Finished{exit_ok, demo_app.help("todoku")};
    if (explain_app.parsed()) return Finished{exit_ok, explain_app.help("todoku")};
    return Finished{exit_ok, app.help()};
  } catch (const CLI::Error& error) {
    if (config_app.parsed() && !check_app.parsed())
      return usage_error("config has one command: check FILE", command);
    std::string text = error.what();
    for (const auto* named : {&serve_app, &demo_app, &explain_app, &check_app}) {
      if (!named->parsed()) continue;
      if (auto better = unknown_option(*named, named->remaining()); !better.empty()) text = better;
    }
    return usage_error(text, command);
  }
  if (serve_app.parsed()) return serve;
  if (demo_app.parsed()) return demo;
  if (explain_app.parsed()) return explain;
  return check;
}

}  // namespace todoku::cli
