// SPDX-License-Identifier: Apache-2.0

// The command line, the layers of settings on each other, and todoku config check.
#include "config/embedded.hpp"
#include "proxy/cli/config_check.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_settings.hpp"
#include "proxy/cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace todoku::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Options parse(std::vector<const char*> words) {
  words.insert(words.begin(), "todoku");
  return parse_options(static_cast<int>(words.size()), words.data(), "0.0.1");
}

Finished finished(std::vector<const char*> words) {
  const auto options = parse(std::move(words));
  const auto* result = std::get_if<Finished>(&options);
  return result != nullptr ? *result : Finished{-1, "not finished"};
}

ServeOptions serve(std::vector<const char*> words) {
  words.insert(words.begin(), "serve");
  const auto options = parse(std::move(words));
  if (const auto* result = std::get_if<ServeOptions>(&options)) return *result;
  ADD_FAILURE() << std::get<Finished>(options).text;
  return {};
}

TEST(CliOptions, ServeTakesTheOptionsOfTheContract) {
  const auto options = serve({"--config",
                              "a.toml",
                              "--listen",
                              "submission://127.0.0.1:1",
                              "--listen",
                              "submissions://127.0.0.1:2",
                              "--upstream",
                              "submission://a.example",
                              "--fallback",
                              "x",
                              "--fallback",
                              "y",
                              "--mailbox",
                              "maildir:/m",
                              "--state-dir",
                              "/s",
                              "--api",
                              "127.0.0.1:3",
                              "--upstream-ca",
                              "/ca.pem",
                              "--lang",
                              "ja",
                              "--log",
                              "json",
                              "--trace",
                              "--when-unknown",
                              "resend",
                              "--set",
                              "delivery.retry=2s,5s",
                              "--set=store.encrypt=false"});
  EXPECT_EQ(options.config, "a.toml");
  EXPECT_THAT(options.listen, ElementsAre("submission://127.0.0.1:1", "submissions://127.0.0.1:2"));
  EXPECT_EQ(options.upstream, "submission://a.example");
  EXPECT_THAT(options.fallback, ElementsAre("x", "y"));
  EXPECT_EQ(options.mailbox, "maildir:/m");
  EXPECT_EQ(options.state_dir, "/s");
  EXPECT_EQ(options.api, "127.0.0.1:3");
  EXPECT_EQ(options.upstream_ca, "/ca.pem");
  EXPECT_EQ(options.language, "ja");
  EXPECT_EQ(options.log, "json");
  EXPECT_TRUE(options.trace);
  EXPECT_EQ(options.when_unknown, "resend");
  EXPECT_THAT(options.set, ElementsAre("delivery.retry=2s,5s", "store.encrypt=false"));
  EXPECT_EQ(serve({}).config, std::nullopt);
}

TEST(CliOptions, DemoAndConfigCheck) {
  const auto demo = parse({"demo", "--lang", "en", "--once", "--state-dir", "/s"});
  ASSERT_TRUE(std::holds_alternative<DemoOptions>(demo));
  EXPECT_TRUE(std::get<DemoOptions>(demo).once);
  EXPECT_EQ(std::get<DemoOptions>(demo).language, "en");
  const auto check = parse({"config", "check", "a.toml", "--lang", "ja"});
  ASSERT_TRUE(std::holds_alternative<ConfigCheckOptions>(check));
  EXPECT_EQ(std::get<ConfigCheckOptions>(check).file, "a.toml");
}

MessagesOptions messages(std::vector<const char*> words) {
  words.insert(words.begin(), "messages");
  const auto options = parse(std::move(words));
  if (const auto* result = std::get_if<MessagesOptions>(&options)) return *result;
  ADD_FAILURE() << std::get<Finished>(options).text;
  return {};
}

TEST(CliOptions, MessagesListTakesFilters) {
  const auto usual = messages({"list"});
  EXPECT_EQ(usual.action, MessagesAction::list);
  EXPECT_THAT(usual.states, IsEmpty());
  EXPECT_EQ(usual.limit, std::nullopt);
  EXPECT_FALSE(usual.json || usual.all);
  const auto some = messages({"list", "--state", "waiting,held", "--state=unknown", "--account",
                              "office", "--limit", "7", "--all", "--json", "--state-dir", "/s",
                              "--config", "a.toml", "--lang", "ja"});
  EXPECT_THAT(some.states, ElementsAre("waiting", "held", "unknown"));
  EXPECT_EQ(some.account, "office");
  EXPECT_EQ(some.limit, 7U);
  EXPECT_TRUE(some.all);
  EXPECT_TRUE(some.json);
  EXPECT_EQ(some.state_dir, "/s");
  EXPECT_EQ(some.config, "a.toml");
  EXPECT_EQ(some.language, "ja");
}

TEST(CliOptions, SecretsAreNamedAndNeverGiven) {
  const auto set = std::get<SecretOptions>(parse({"secret", "set", "spare", "--state-dir", "/s"}));
  EXPECT_EQ(set.action, SecretAction::set);
  EXPECT_EQ(set.name, "spare");
  EXPECT_EQ(set.state_dir, "/s");
  EXPECT_TRUE(std::get<SecretOptions>(parse({"secret", "list", "--json"})).json);
  EXPECT_EQ(std::get<SecretOptions>(parse({"secret", "remove", "a b"})).action,
            SecretAction::remove);
  for (const auto& wrong : {std::vector<const char*>{"secret"},
                            {"secret", "set"},
                            {"secret", "set", "spare", "s3cret"},
                            {"secret", "show", "spare"}}) {
    const auto finished = std::get<Finished>(parse(wrong));
    EXPECT_EQ(finished.code, exit_usage);
    EXPECT_THAT(finished.text, HasSubstr("set NAME, list and remove NAME"));
    EXPECT_THAT(finished.text, Not(HasSubstr("s3cret")));
  }
}

TEST(CliOptions, SetupAsksUnlessToldYes) {
  const auto plain = std::get<SetupOptions>(parse({"setup", "address-book"}));
  EXPECT_FALSE(plain.yes);
  EXPECT_TRUE(plain.profiles.empty());
  const auto given = std::get<SetupOptions>(
      parse({"setup", "address-book", "--profile", "/a", "--profile", "/b", "--yes"}));
  EXPECT_TRUE(given.yes);
  EXPECT_EQ(given.profiles, (std::vector<std::string>{"/a", "/b"}));
  const auto finished = std::get<Finished>(parse({"setup"}));
  EXPECT_EQ(finished.code, exit_usage);
  EXPECT_THAT(finished.text, HasSubstr("address-book"));
}

TEST(CliOptions, TheOtherMessagesCommandsTakeAnId) {
  const auto show = messages({"show", "0TR5"});
  EXPECT_EQ(show.action, MessagesAction::show);
  EXPECT_EQ(show.id, "0TR5");
  const auto retry = messages({"retry", "0TR5", "--yes"});
  EXPECT_EQ(retry.action, MessagesAction::retry);
  EXPECT_TRUE(retry.yes);
  const auto release = messages({"release", "--correct", "a@b.example=c@d.example", "0TR5",
                                 "--correct", "x@b.example=y@d.example"});
  EXPECT_EQ(release.action, MessagesAction::release);
  EXPECT_EQ(release.id, "0TR5");
  EXPECT_THAT(release.corrections,
              ElementsAre("a@b.example=c@d.example", "x@b.example=y@d.example"));
  EXPECT_EQ(messages({"discard", "0TR5"}).action, MessagesAction::discard);
}

TEST(CliOptions, MessagesSaysWhatItHas) {
  EXPECT_THAT(finished({"messages"}).text, HasSubstr("list, show ID, retry ID"));
  EXPECT_THAT(finished({"messages", "list", "--state", "wating"}).text,
              StartsWith("todoku: --state: \"wating\" is not known; did you mean waiting?\n"));
  EXPECT_THAT(finished({"messages", "retry", "0TR5", "--yess"}).text,
              HasSubstr("did you mean --yes?"));
  const auto help = finished({"messages", "release", "--help"});
  EXPECT_EQ(help.code, exit_ok);
  EXPECT_THAT(help.text, HasSubstr("Usage: todoku messages release"));
  EXPECT_THAT(help.text, HasSubstr("--correct OLD=NEW"));
  EXPECT_THAT(help.text, testing::EndsWith("\n"));
  EXPECT_THAT(finished({"messages", "--help"}).text, HasSubstr("discard"));
}

TEST(CliOptions, HelpAndVersionEndWell) {
  EXPECT_EQ(finished({"--version"}).code, exit_ok);
  EXPECT_EQ(finished({"--version"}).text, "todoku 0.0.1\n");
  EXPECT_EQ(finished({"--help"}).code, exit_ok);
  EXPECT_THAT(finished({"--help"}).text, HasSubstr("serve"));
  EXPECT_THAT(finished({"--help"}).text, Not(HasSubstr("doctor")));
  const auto help = finished({"serve", "--help"});
  EXPECT_EQ(help.code, exit_ok);
  for (const auto* option :
       {"--config", "--listen", "--upstream", "--fallback", "--mailbox", "--state-dir", "--api",
        "--upstream-ca", "--lang", "--log", "--trace", "--when-unknown", "--set"})
    EXPECT_THAT(help.text, HasSubstr(option));
  EXPECT_THAT(finished({"config", "check", "--help"}).text, HasSubstr("FILE"));
}

TEST(CliOptions, UsageErrorsAreOneLineAndTheWayToHelp) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"doctor"},
                                             {"sevre"},
                                             {"serve", "--nonsense"},
                                             {"serve", "extra"},
                                             {"serve", "--lang", "fr"},
                                             {"serve", "--log", "xml"},
                                             {"serve", "--when-unknown", "maybe"},
                                             {"serve", "--config"},
                                             {"explain", "--batch", "--text", "x"},
                                             {"explain", "--all-causes", "--json"},
                                             {"explain", "--btach"},
                                             {"serve", "--config", "a", "--config", "b"},
                                             {"config"},
                                             {"config", "check"},
                                             {"config", "delete", "x"},
                                             {"messages"},
                                             {"messages", "shwo", "0TR5"},
                                             {"messages", "show"},
                                             {"messages", "show", "--yes", "0TR5"},
                                             {"messages", "list", "0TR5"},
                                             {"messages", "list", "--state", "lost"},
                                             {"messages", "list", "--limit", "0"},
                                             {"--nonsense"}}) {
    const auto result = finished(words);
    EXPECT_EQ(result.code, exit_usage) << testing::PrintToString(words);
    EXPECT_THAT(result.text, StartsWith("todoku: "));
    EXPECT_THAT(result.text, HasSubstr("\nTry: todoku "));
    EXPECT_EQ(std::count(result.text.begin(), result.text.end(), '\n'), 2) << result.text;
  }
  EXPECT_THAT(finished({"sevre"}).text, HasSubstr("did you mean serve?"));
  EXPECT_THAT(finished({"serve", "--lang", "fr"}).text, HasSubstr("ja|en"));
}

TEST(CliOptions, WithoutACommandTheCommandsAreShown) {
  const auto result = finished({});
  EXPECT_EQ(result.code, exit_usage);
  EXPECT_THAT(result.text, StartsWith("todoku: no command given\n"));
  EXPECT_THAT(result.text, HasSubstr("serve"));
  EXPECT_THAT(result.text, HasSubstr("without an account: todoku demo"));
}

TEST(CliOptions, HelpHasItsShortForm) {
  EXPECT_EQ(finished({"-h"}).text, finished({"--help"}).text);
  EXPECT_EQ(finished({"serve", "-h"}).code, exit_ok);
}

TEST(CliOptions, HelpIsNoWiderThanATerminal) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--help"},
                                             {"serve", "--help"},
                                             {"demo", "--help"},
                                             {"explain", "--help"},
                                             {"check", "--help"},
                                             {"check-address", "--help"},
                                             {"config", "check", "--help"},
                                             {"messages", "list", "--help"},
                                             {"messages", "release", "--help"},
                                             {"relays", "learn", "--help"},
                                             {"secret", "set", "--help"},
                                             {"setup", "address-book", "--help"}}) {
    std::istringstream lines(finished(words).text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
  const auto help = finished({"serve", "--help"}).text;
  EXPECT_THAT(help, HasSubstr("for\n" + std::string(30, ' ') + "instance submission://sv"));
}

TEST(CliOptions, TheWayToHelpIsTheCommandThatWasMeant) {
  EXPECT_THAT(finished({"config", "check"}).text, HasSubstr("\nTry: todoku config check --help\n"));
  EXPECT_THAT(finished({"relays", "test"}).text, HasSubstr("\nTry: todoku relays test --help\n"));
  EXPECT_THAT(finished({"check-address"}).text, HasSubstr("\nTry: todoku check-address --help\n"));
  EXPECT_THAT(finished({"sevre"}).text, HasSubstr("\nTry: todoku --help\n"));
}

TEST(CliOptions, AMisspeltOptionIsNamedWithTheOneThatWasMeant) {
  EXPECT_THAT(finished({"serve", "--upstrem", "submission://a.example"}).text,
              StartsWith("todoku: unknown option \"--upstrem\"; did you mean --upstream?\n"));
  EXPECT_THAT(finished({"serve", "--trase=1"}).text, HasSubstr("did you mean --trace?"));
  EXPECT_THAT(finished({"demo", "--onec"}).text, HasSubstr("did you mean --once?"));
  EXPECT_THAT(finished({"config", "check", "a.toml", "--lagn", "ja"}).text,
              HasSubstr("did you mean --lang?"));
  EXPECT_THAT(finished({"serve", "--nonsense"}).text, HasSubstr("unknown option \"--nonsense\"\n"));
}

explain::Catalog catalog(const std::string& language) {
  auto parsed = explain::Catalog::parse(config::embedded("messages/" + language + ".toml"));
  return std::get<explain::Catalog>(std::move(parsed));
}

class SettingsFiles : public testing::Test {
 protected:
  SettingsFiles() {
    folder_ = std::filesystem::temp_directory_path() /
              ("todoku-cli-" + std::to_string(getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  ~SettingsFiles() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& text) {
    std::ofstream(folder_ / "todoku.toml", std::ios::binary) << text;
    return (folder_ / "todoku.toml").string();
  }
  std::filesystem::path folder_;
};

const char* const account =
    "[[account]]\nsenders = [\"taro@example.jp\"]\nupstream = \"submission://a.example\"\n";

TEST_F(SettingsFiles, OptionsOverrideTheFileAndSetOverridesAll) {
  const auto name = file("stop_limit = \"1s\"\nlanguage = \"en\"\n[log]\nformat = \"text\"\n" +
                         std::string(account));
  const auto loaded = load_settings(
      serve({"--config", name.c_str(), "--lang", "ja", "--log", "json", "--set", "log.format=text",
             "--listen", "submission://127.0.0.1:0", "--upstream", "submissions://b.example",
             "--fallback", "submission://c.example", "--trace"}));
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.exit_code, exit_ok);
  EXPECT_EQ(loaded.settings.stop_limit, 1s);
  EXPECT_EQ(loaded.settings.language, settings::Language::japanese);
  EXPECT_EQ(loaded.settings.log_format, settings::LogFormat::text);
  EXPECT_TRUE(loaded.settings.trace);
  EXPECT_EQ(loaded.settings.listen.size(), 1U);
  ASSERT_EQ(loaded.settings.accounts.size(), 2U);
  EXPECT_THAT(loaded.settings.accounts[1].senders, ElementsAre("*"));
  EXPECT_EQ(loaded.settings.accounts[1].upstream.port, 465);
  EXPECT_EQ(loaded.settings.fallbacks.size(), 1U);
}

TEST_F(SettingsFiles, OnlyTheDefaultFileMayBeMissing) {
  const auto missing = folder_ / "missing.toml";
  const auto upstream = serve({"--upstream", "submission://a.example"});
  EXPECT_EQ(load_settings(upstream, missing).exit_code, exit_ok);
  const auto named = load_settings(serve({"--config", missing.c_str()}));
  EXPECT_EQ(named.exit_code, exit_no_input);
  ASSERT_EQ(named.mistakes.size(), 1U);
  EXPECT_THAT(to_string(named.mistakes[0]), HasSubstr("missing.toml"));
  EXPECT_EQ(load_settings(upstream, file(account)).settings.accounts.size(), 2U);
  EXPECT_EQ(load_settings(serve({}), missing).exit_code, exit_config);
}

TEST_F(SettingsFiles, TheAdministratorsFileLiesBelowAndMayLock) {
  const auto admin = folder_ / "admin.toml";
  std::ofstream(admin, std::ios::binary)
      << "stop_limit = \"3s\"\nlocked = [\"checks.keywords\"]\n[checks]\nkeywords = \"refuse\"\n";
  const auto own = file(std::string("language = \"ja\"\n") + account);
  const auto loaded = load_settings(serve({}), own, admin);
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.settings.stop_limit, 3s);
  EXPECT_EQ(loaded.settings.language, settings::Language::japanese);
  EXPECT_EQ(loaded.settings.checks.keywords, settings::CheckLevel::refuse);
  const auto lifted = load_settings(serve({"--set", "checks.keywords=off"}), own, admin);
  ASSERT_EQ(lifted.mistakes.size(), 1U);
  EXPECT_EQ(lifted.settings.checks.keywords, settings::CheckLevel::refuse);
  EXPECT_THAT(load_settings(serve({}), own, own).mistakes, IsEmpty());
}

TEST_F(SettingsFiles, ANewcomerWithoutAServerIsToldOnlyThat) {
  const auto missing = folder_ / "missing.toml";
  EXPECT_TRUE(lacks_only_upstream(load_settings(serve({}), missing)));
  EXPECT_TRUE(lacks_only_upstream(load_settings(serve({}), file("stop_limit = \"1s\"\n"))));
  EXPECT_FALSE(lacks_only_upstream(load_settings(serve({"--set", "x=1"}), missing)));
  EXPECT_FALSE(lacks_only_upstream(load_settings(serve({"--upstream", "x"}), missing)));
  EXPECT_FALSE(lacks_only_upstream(load_settings(serve({}), file("account = 1\n"))));
}

TEST(CliOptions, TheDemoHasAPlainDoorForItsSamples) {
  const std::string own = "submission://127.0.0.1:1588";
  EXPECT_THAT(demo_doors({}, own), ElementsAre(own));
  EXPECT_THAT(demo_doors({"submission://127.0.0.1:7"}, own),
              ElementsAre("submission://127.0.0.1:7"));
  EXPECT_THAT(demo_doors({"submissions://127.0.0.1:8"}, own),
              ElementsAre(own, "submissions://127.0.0.1:8"));
  EXPECT_THAT(demo_doors({"submission://[::1]:8"}, own), ElementsAre(own, "submission://[::1]:8"));
  EXPECT_THAT(demo_doors({"submissions://127.0.0.1:8", "submission://127.0.0.1:7"}, own),
              ElementsAre("submission://127.0.0.1:7", "submissions://127.0.0.1:8"));
}

TEST_F(SettingsFiles, AWrongOptionIsNamedOnce) {
  const auto loaded =
      load_settings(serve({"--listen", "1587", "--upstream", "submission://a.example"}),
                    folder_ / "missing.toml");
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_THAT(to_string(loaded.mistakes[0]), StartsWith("--listen: a URL begins"));
}

TEST_F(SettingsFiles, MistakesOfFileAndOptionsAreToldTogether) {
  const auto name = file("lisetn = 1\n");
  const auto loaded = load_settings(
      serve({"--config", name.c_str(), "--set", "x=1", "--upstream", "http://a.example"}));
  EXPECT_EQ(loaded.exit_code, exit_config);
  EXPECT_EQ(loaded.mistakes.size(), 3U);
  EXPECT_EQ(load_settings(serve({"--set", "x=1"}), folder_ / "none").exit_code, exit_usage);
}

TEST_F(SettingsFiles, ConfigCheckTellsEachMistakeWithItsPlace) {
  const auto name = file("lisetn = 1\n[smtp]\nmax_hops = 0\n");
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(config_check({name, std::nullopt}, catalog("en"), out, error), exit_config);
  EXPECT_THAT(out.str(), HasSubstr(name + ":1: lisetn: unknown key; did you mean listen?\n"));
  EXPECT_THAT(out.str(), HasSubstr(name + ":3: smtp.max_hops: "));
  EXPECT_THAT(out.str(), HasSubstr("Places to correct: 2"));
  std::ostringstream japanese;
  EXPECT_EQ(config_check({name, "ja"}, catalog("ja"), japanese, error), exit_config);
  EXPECT_THAT(japanese.str(), HasSubstr("2 か所"));
  EXPECT_THAT(error.str(), IsEmpty());
}

TEST_F(SettingsFiles, ConfigCheckAcceptsRightFiles) {
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(config_check({file(account), std::nullopt}, catalog("en"), out, error), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("OK: "));
  EXPECT_THAT(out.str(), HasSubstr("account taro@example.jp: submission://a.example:587"));
  std::ostringstream spare;
  const auto with_spare = file(std::string(account) +
                               "[[fallback]]\nname = \"spare\"\nrelay = "
                               "\"submission://x@b.example\"\n");
  EXPECT_EQ(config_check({with_spare, std::nullopt}, catalog("en"), spare, error), exit_ok);
  EXPECT_THAT(spare.str(), HasSubstr("spare server spare: submission://x@b.example:587"));
  std::ostringstream bare;
  EXPECT_EQ(config_check({TODOKU_SOURCE_DIR "/config/defaults/todoku.toml", "en"}, catalog("en"),
                         bare, error),
            exit_ok);
  EXPECT_THAT(bare.str(), HasSubstr("needs --upstream URL"));
}

TEST_F(SettingsFiles, ConfigCheckSaysThatAFileCannotBeRead) {
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(config_check({(folder_ / "missing").string(), std::nullopt}, catalog("en"), out, error),
            exit_no_input);
  EXPECT_THAT(error.str(), HasSubstr("cannot be read"));
  EXPECT_EQ(config_check({file(std::string(max_settings_file + 1, '#')), "ja"}, catalog("ja"), out,
                         error),
            exit_no_input);
}

TEST(CheckAddressOptions, TakeAddressesOrABatch) {
  const auto given =
      parse({"check-address", "a@koinca.jp", "b@koinca.jp", "--json", "--lang", "ja"});
  const auto* options = std::get_if<CheckAddressOptions>(&given);
  ASSERT_NE(options, nullptr);
  EXPECT_THAT(options->addresses, ElementsAre("a@koinca.jp", "b@koinca.jp"));
  EXPECT_TRUE(options->json);
  EXPECT_EQ(options->language, "ja");
  const auto batch = parse({"check-address", "--batch", "--no-known-domains"});
  const auto* list = std::get_if<CheckAddressOptions>(&batch);
  ASSERT_NE(list, nullptr);
  EXPECT_TRUE(list->batch);
  EXPECT_TRUE(list->no_known_domains);
}

TEST(CheckAddressOptions, NeedOneOfBoth) {
  EXPECT_TRUE(std::holds_alternative<Finished>(parse({"check-address"})));
  EXPECT_TRUE(std::holds_alternative<Finished>(parse({"check-address", "--batch", "a@koinca.jp"})));
}

}  // namespace
}  // namespace todoku::cli
