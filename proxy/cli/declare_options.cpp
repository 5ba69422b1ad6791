// SPDX-License-Identifier: Apache-2.0
// Values are checked later by the settings, which know what would be right; here only words from a
// short list are.
#include "proxy/cli/declare_options.hpp"

#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::cli {
namespace {

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

// Every state that a list can be asked for, by the names of the contract.
const std::vector<std::string>& state_names() {
  static const std::vector<std::string> names{"arriving", "sending",  "waiting",
                                              "held",     "unknown",  "sent",
                                              "refused",  "returned", "discarded"};
  return names;
}

template <class Options>
void add_places(CLI::App& app, Options& options) {
  add_text(app, "--config", options.config, "Settings file", "FILE");
  add_text(app, "--state-dir", options.state_dir, "Folder of the todoku serve that is asked about",
           "DIR");
  add_language(app, options.language);
  app.add_flag("--json", options.json, "For programs: one JSON object");
}

void declare_list(CLI::App& app, MessagesOptions& options) {
  std::string type;
  for (const auto& name : state_names()) type += (type.empty() ? "" : "|") + name;
  const auto known = [type](const std::string& text) {
    const bool found =
        std::find(state_names().begin(), state_names().end(), text) != state_names().end();
    if (found) return std::string{};
    const std::vector<std::string_view> names(state_names().begin(), state_names().end());
    const auto near = settings::nearest(text, names);
    return settings::quoted(text) + " is not known; " +
           (near.empty() ? "write " + type : "did you mean " + std::string(near) + "?");
  };
  app.add_option("--state", options.states, "Only these; commas between them: " + type)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("STATE")
      ->check(CLI::Validator(known, ""));
  add_text(app, "--account", options.account, "Only this account's", "NAME");
  constexpr std::size_t most = 1'000'000;
  app.add_option("--limit", options.limit, "At most so many")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, most).description(""));
  app.add_flag("--all", options.all, "All that is kept, the settled ones too");
}

}  // namespace

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
            "Spare server for when the usual one is blocklisted or down; may be repeated", "URL");
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
           "When the answer to a whole message was lost: ask you, or send it once more",
           {"ask", "resend"});
  add_texts(app, "--set", options.set, "Override any setting; may be repeated", "KEY=VALUE");
}

void declare_demo(CLI::App& app, DemoOptions& options) {
  add_language(app, options.language);
  app.add_flag("--once", options.once, "End after the sample messages");
  add_texts(app, "--listen", options.listen, "Where mail clients connect; may be repeated", "URL");
  add_text(app, "--state-dir", options.state_dir, "Folder for what the demo keeps", "DIR");
}

// The subcommands of messages, each with the options it has.
void declare_messages(CLI::App& app, MessagesOptions& options) {
  struct Command {
    MessagesAction action;
    const char* name;
    const char* meaning;
  };
  static constexpr std::array<Command, 5> list{{
      {MessagesAction::list, "list", "What is on its way, and the latest that is settled"},
      {MessagesAction::show, "show", "What became of one message, step by step"},
      {MessagesAction::retry, "retry", "Try to send it now"},
      {MessagesAction::release, "release", "Let a held message go"},
      {MessagesAction::discard, "discard", "Do not send it"},
  }};
  app.require_subcommand(1);
  for (const auto& command : list) {
    auto& sub = *app.add_subcommand(command.name, command.meaning);
    sub.callback([&options, action = command.action] { options.action = action; });
    if (command.action == MessagesAction::list) {
      declare_list(sub, options);
    } else {
      sub.add_option("ID", options.id, "Its id, or the beginning of it")->required()->type_name("");
    }
    if (command.action == MessagesAction::retry)
      sub.add_flag("--yes", options.yes, "Also when it may arrive twice");
    if (command.action == MessagesAction::release)
      add_texts(sub, "--correct", options.corrections,
                "Another address for a recipient; may be repeated", "OLD=NEW");
    add_places(sub, options);
  }
}

// Without a subcommand it shows.
void declare_relays(CLI::App& app, RelaysOptions& options) {
  add_places(app, options);
  app.require_subcommand(0, 1);
  const auto add = [&](RelaysAction action, const char* name, const char* meaning) -> CLI::App& {
    auto& sub = *app.add_subcommand(name, meaning);
    sub.callback([&options, action] { options.action = action; });
    sub.add_option("NAME", options.name, "The name of a fallback")->required()->type_name("");
    add_places(sub, options);
    add_texts(sub, "--set", options.set, "Override any setting; may be repeated", "KEY=VALUE");
    return sub;
  };
  auto& test = add(RelaysAction::test, "test", "Send a test mail to yourself through a fallback");
  add_text(test, "--from", options.from, "Your address; default: the log-in name there", "ADDR");
  add_text(test, "--to", options.to, "Where to; default: the same address", "ADDR");
  auto& learn = add(RelaysAction::learn, "learn", "See from the copy that arrived what it did");
  learn.add_option("FILE", options.file, "The test mail as it arrived, saved as a file")
      ->required()
      ->type_name("");
}

// The subcommands of secret.
void declare_secret(CLI::App& app, SecretOptions& options) {
  struct Command {
    SecretAction action;
    const char* name;
    const char* meaning;
  };
  static constexpr std::array<Command, 3> list{{
      {SecretAction::set, "set", "Keep a password or key, typed or on standard input"},
      {SecretAction::list, "list", "The names of what is kept"},
      {SecretAction::remove, "remove", "Forget it"},
  }};
  app.require_subcommand(1);
  for (const auto& command : list) {
    auto& sub = *app.add_subcommand(command.name, command.meaning);
    sub.callback([&options, action = command.action] { options.action = action; });
    if (command.action == SecretAction::list) {
      sub.add_flag("--json", options.json, "For programs: one JSON object");
    } else {
      sub.add_option("NAME", options.name, "As the settings name it")->required()->type_name("");
    }
    add_text(sub, "--config", options.config, "Settings file", "FILE");
    add_text(sub, "--state-dir", options.state_dir, "Folder of the todoku serve that uses it",
             "DIR");
    add_language(sub, options.language);
  }
}

void declare_setup(CLI::App& app, SetupOptions& options) {
  app.require_subcommand(1);
  auto& book = *app.add_subcommand("address-book",
                                   "Let the checks know the people in Thunderbird's address books");
  add_texts(book, "--profile", options.profiles,
            "Thunderbird's profile folder, where it is not found; may be repeated", "DIR");
  book.add_flag("--yes", options.yes, "Do not ask");
  add_text(book, "--config", options.config, "Settings file", "FILE");
  add_text(book, "--state-dir", options.state_dir,
           "Folder of the todoku serve that is to know them", "DIR");
  add_language(book, options.language);
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

void declare_check_address(CLI::App& app, CheckAddressOptions& options) {
  auto* addresses =
      app.add_option("ADDR", options.addresses, "Addresses to look at")->type_name("");
  add_language(app, options.language);
  app.add_flag("--json", options.json, "One JSON object for each address");
  auto* batch = app.add_flag(
      "--batch", options.batch,
      "Addresses on standard input, one a line; one JSON line each on standard output");
  app.add_flag("--no-known-domains", options.no_known_domains,
               "Do without the list of real domains that look like a slip of another");
  batch->excludes(addresses);
}

void declare_check(CLI::App& app, CheckOptions& options) {
  add_text(app, "FILE", options.file, "The message; without it, one on standard input", "");
  add_texts(app, "--recipient", options.recipients,
            "Who gets it, instead of those in To, Cc and Bcc; may be repeated", "ADDR");
  add_text(app, "--config", options.config, "Settings file", "FILE");
  add_texts(app, "--set", options.set, "Override any setting; may be repeated", "KEY=VALUE");
  add_language(app, options.language);
  app.add_flag("--json", options.json, "For programs: one JSON object");
  app.footer(
      "Exit code: 0 nothing found, 1 it would go and something was noticed, 2 it would be "
      "held, 3 refused");
}

void declare_config(CLI::App& app, ConfigCheckOptions& options) {
  app.require_subcommand(1);
  auto& check = *app.add_subcommand("check", "Tell every mistake in a settings file");
  check.add_option("FILE", options.file, "Settings file")->required()->type_name("");
  add_language(check, options.language);
}

}  // namespace todoku::cli
