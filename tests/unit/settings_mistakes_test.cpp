// SPDX-License-Identifier: Apache-2.0

// Every mistake is told, with its place, what is wrong and what would be right.
#include "proxy/settings/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::settings {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::vector<std::string> texts(const std::vector<Mistake>& mistakes) {
  std::vector<std::string> lines;
  for (const auto& mistake : mistakes) lines.push_back(to_string(mistake));
  return lines;
}

std::vector<std::string> read(std::string_view text) {
  Settings settings;
  return texts(apply_toml(settings, text, "t.toml"));
}

std::vector<std::string> set(std::string_view text) {
  Settings settings;
  return texts(apply_override(settings, text));
}

TEST(SettingsMistakes, AllAreToldInTheOrderOfTheFile) {
  EXPECT_THAT(
      read("lisetn = \"submission://127.0.0.1:1\"\n"
           "stop_limit = \"soon\"\n"
           "[smtp]\n"
           "max_hops = 0\n"
           "[delivery]\n"
           "answer_bugdet = \"5s\"\n"
           "retry = [\"2s\",\n"
           "  \"later\"]\n"),
      ElementsAre("t.toml:1: lisetn: unknown key; did you mean listen?",
                  "t.toml:2: stop_limit: \"soon\" is not a duration like 500ms, 20s, 5m, 24h or 7d",
                  "t.toml:4: smtp.max_hops: 0 is out of range; write a value from 1 to 1000",
                  "t.toml:6: delivery.answer_bugdet: unknown key; did you mean "
                  "delivery.answer_budget?",
                  "t.toml:8: delivery.retry: \"later\" is not a duration like 500ms, 20s, 5m, 24h "
                  "or 7d"));
}

TEST(SettingsMistakes, WhatWasRightIsKept) {
  Settings settings;
  EXPECT_THAT(apply_toml(settings, "stop_limit = \"x\"\ngateway = true", "t"), SizeIs(1));
  EXPECT_TRUE(settings.gateway);
  EXPECT_EQ(settings.stop_limit, Settings{}.stop_limit);
}

TEST(SettingsMistakes, SyntaxHasLineAndColumn) {
  EXPECT_THAT(read("listen = [\n\"a\"\nx"), ElementsAre(StartsWith("t.toml:3: column 1: ")));
  EXPECT_THAT(read("a = \x83\x65"), ElementsAre(HasSubstr("save the file as UTF-8")));
  EXPECT_THAT(read(std::string(100'000, '[')), SizeIs(1));
  EXPECT_THAT(read("a = " + std::string(100'000, '[')), SizeIs(1));
}

TEST(SettingsMistakes, CharactersOutsideQuotesAreToldWithTheirPlace) {
  // Greek, Cyrillic, kana, kanji, a wide space and wide quotes, as they slip in with an IME.
  for (const auto* text :
       {"\nlisten = \u03a7", "\nlisten = \u0416", "\nlisten = \u3042", "\nlisten = \u6771",
        "\nlisten = \u201cx\u201d", "\n\u30a2 = 1", "\nlisten\u3000= \u300cx\u300d", "\n[\u30a2]"})
    EXPECT_THAT(read(text), ElementsAre(StartsWith("t.toml:2: column "))) << text;
}

TEST(SettingsMistakes, TheRightNameInTheWrongPlaceIsFound) {
  EXPECT_THAT(read("answer_budget = \"5s\""),
              ElementsAre(HasSubstr("did you mean delivery.answer_budget?")));
  EXPECT_THAT(
      read("[log]\nlisten = \"submission://127.0.0.1:1\""),
      ElementsAre(AllOf(HasSubstr("t.toml:2: log.listen"), HasSubstr("did you mean listen?"),
                        HasSubstr("above the first [section]"))));
  EXPECT_THAT(read("[delivry]\nretry = []"), ElementsAre(HasSubstr("did you mean [delivery]?")));
  EXPECT_THAT(read("[[acount]]\nname = \"x\""),
              ElementsAre(HasSubstr("did you mean [[account]]?")));
  EXPECT_THAT(read("log = \"json\""), ElementsAre(HasSubstr("write [log]")));
  EXPECT_THAT(read("[account]\nname = \"x\""), ElementsAre(HasSubstr("[[account]]")));
  EXPECT_THAT(read("\"log.level\" = \"info\""), SizeIs(1));
}

TEST(SettingsMistakes, WrongKindsOfValues) {
  EXPECT_THAT(read("gateway = 1"), ElementsAre(HasSubstr("write on or off")));
  EXPECT_THAT(read("state_dir = 7"), ElementsAre(HasSubstr("7 is not a text in quotes")));
  EXPECT_THAT(read("stop_limit = 1.5"), ElementsAre(HasSubstr("is not a duration")));
  EXPECT_THAT(read("stop_limit = -1"), ElementsAre(HasSubstr("-1 is not a duration")));
  EXPECT_THAT(read("stop_limit = [1]"), ElementsAre(HasSubstr("a list cannot stand here")));
  EXPECT_THAT(read("listen = []"), ElementsAre(HasSubstr("at least one URL")));
  EXPECT_THAT(read("listen = 2026-01-01"), ElementsAre(HasSubstr("is not a URL")));
  EXPECT_THAT(read("[log]\nlevel = \"warn\""), ElementsAre(HasSubstr("debug, info, warning")));
  EXPECT_THAT(read("[log]\nformat = \"jason\""), ElementsAre(HasSubstr("did you mean json?")));
  EXPECT_THAT(read("api = \"8025\""), ElementsAre(HasSubstr("HOST:PORT")));
  EXPECT_THAT(read("api = \"0.0.0.0:8025\""), ElementsAre(HasSubstr("is not loopback")));
  EXPECT_THAT(read("[smtp]\nmax_message_size = \"25M\""), ElementsAre(HasSubstr("a size like")));
  EXPECT_THAT(read("[smtp]\nmax_message_size = 0"), ElementsAre(HasSubstr("from 1KiB to 2GiB")));
  EXPECT_THAT(read("[smtp]\nhost_name = \"a b\""), ElementsAre(HasSubstr("the host name")));
}

TEST(SettingsMistakes, AccountsAreReadStrictly) {
  EXPECT_THAT(read("[[account]]\nname = 5\n[[account]]\nsenders = [\"taro\"]\nupstraem = \"x\"\n"),
              ElementsAre(AllOf(HasSubstr(":1: account.senders"), HasSubstr("is missing")),
                          AllOf(HasSubstr(":1: account.upstream"), HasSubstr("is missing")),
                          HasSubstr(":2: account.name: is not a text"),
                          AllOf(HasSubstr(":3: account.upstream"), HasSubstr("is missing")),
                          HasSubstr(":4: account.senders: \"taro\" is not a sender"),
                          HasSubstr(":5: account.upstraem: unknown key; did you mean upstream?")));
  EXPECT_THAT(
      read("[[account]]\nsenders = [\"*\"]\nupstream = \"submission://u:geheim@a.example\""),
      ElementsAre(AllOf(HasSubstr("password must not"), Not(HasSubstr("geheim")))));
  EXPECT_THAT(read("[[fallback]]\nname = \"x\"\nhost = \"y\""), SizeIs(2));
  EXPECT_THAT(
      read("[[fallback]]\nrelay = \"submission://a.example\"\nallowed_from = []\n"
           "never_to = [\"a b\"]\nwhen = [\"spam\"]\nmessages_per_day = -1\n"
           "outgoing = \"192.0.2.0/33\"\ndkim_domain = \"a.example\"\n"),
      UnorderedElementsAre(
          HasSubstr(":3: fallback.allowed_from: is empty"),
          HasSubstr(":4: fallback.never_to: \"a b\" is not a domain"),
          AllOf(HasSubstr(":5: fallback.when"), HasSubstr("blocklisted, bad-reputation, unrea")),
          HasSubstr(":6: fallback.messages_per_day: is not a number"),
          HasSubstr(":7: fallback.outgoing"), HasSubstr("are given together")));
  EXPECT_THAT(read("[[fallback]]\nrelay = \"submission://a.example\"\nsecret = \"x\"\n"),
              ElementsAre(HasSubstr(":1: fallback.secret: needs a log-in name")));
  for (const char* servers : {"192.0.2", "192.0.2.1:0", "192.0.2.1:x", "dns.example", "[::1",
                              "192.0.2.1, 192.0.2.2", "192.0.2.1:53:53", "[192.0.2.1]"}) {
    EXPECT_THAT(set("dns.servers=" + std::string(servers)), SizeIs(1)) << servers;
  }
}

TEST(SettingsMistakes, OverridesSayWhereTheyCameFrom) {
  EXPECT_THAT(set("delivery.answer_bugdet=5s"),
              ElementsAre("--set: delivery.answer_bugdet: unknown key; did you mean "
                          "delivery.answer_budget?"));
  EXPECT_THAT(set("delivery.retry=2s,,5s"), ElementsAre(HasSubstr("\"\" is not a duration")));
  EXPECT_THAT(set("listen="), ElementsAre(HasSubstr("at least one URL")));
  EXPECT_THAT(set("trace"), ElementsAre(HasSubstr("write KEY=VALUE")));
  EXPECT_THAT(set("=x"), ElementsAre(HasSubstr("write KEY=VALUE")));
  EXPECT_THAT(set("account.name=x"), ElementsAre(HasSubstr("give --upstream URL")));
  EXPECT_THAT(set("\x1b[2J=x"), ElementsAre(Not(HasSubstr("\x1b"))));
}

Account account(std::string name, std::vector<std::string> senders, std::string login = "") {
  return {std::move(name),
          std::move(senders),
          std::move(login),
          {Scheme::submission, "", "a.example", 587, ""}};
}

std::vector<std::string> whole(const Settings& settings) {
  return texts(check_whole(settings));
}

TEST(SettingsMistakes, TheWholeNeedsAnAccount) {
  EXPECT_THAT(whole({}), ElementsAre(HasSubstr("give --upstream URL or an [[account]]")));
  Settings settings;
  settings.accounts = {account("a", {"*"})};
  EXPECT_THAT(whole(settings), IsEmpty());
}

TEST(SettingsMistakes, ASpareServerIsNotTheServerOfEveryAccount) {
  Settings settings;
  settings.accounts = {account("a", {"a@x.example"}), account("b", {"b@x.example"})};
  for (auto& one : settings.accounts)
    one.upstream = {Scheme::submission, "", "mail.example", 587, ""};
  settings.fallbacks.emplace_back().relay = {Scheme::submission, "", "Mail.example", 587, ""};
  EXPECT_THAT(whole(settings),
              ElementsAre(HasSubstr("fallback.relay: submission://Mail.example:587 is the server "
                                    "that the mail goes to anyway; give another one")));
  // It may stand in for an account that has another server.
  settings.accounts[1].upstream.host = "other.example";
  EXPECT_THAT(whole(settings), IsEmpty());
  settings.accounts.pop_back();
  settings.fallbacks[0].relay.port = 465;
  EXPECT_THAT(whole(settings), IsEmpty());
}

TEST(SettingsMistakes, ClearTextStaysOnLoopback) {
  Settings settings;
  settings.accounts = {account("a", {"*"})};
  settings.accounts[0].upstream = {Scheme::smtp, "", "a.example", 25, ""};
  settings.fallbacks.emplace_back().relay = {Scheme::smtp, "", "192.0.2.1", 25, ""};
  EXPECT_THAT(whole(settings),
              ElementsAre(HasSubstr("account.upstream: smtp://a.example:25 would send the password "
                                    "in clear text; write submission://a.example:587"),
                          HasSubstr("fallback.relay")));
  settings.fallbacks = {settings.fallbacks[0], settings.fallbacks[0]};
  EXPECT_THAT(whole(settings), Contains(HasSubstr("stands for two of them")));
  settings.fallbacks.clear();
  settings.accounts[0].upstream.host = "127.0.0.1";
  EXPECT_THAT(whole(settings), IsEmpty());
}

TEST(SettingsMistakes, ListeningStaysOnLoopbackUnlessGateway) {
  Settings settings;
  settings.accounts = {account("a", {"*"})};
  settings.listen = {{Scheme::submission, "", "0.0.0.0", 1587, ""}};
  EXPECT_THAT(whole(settings), ElementsAre(HasSubstr("gateway = true")));
  settings.gateway = true;
  EXPECT_THAT(whole(settings), IsEmpty());
  settings.listen.push_back({Scheme::submissions, "", "0.0.0.0", 1587, ""});
  EXPECT_THAT(whole(settings), ElementsAre(HasSubstr("same address and port")));
}

TEST(SettingsMistakes, TwoAccountsCannotTakeOneSender) {
  Settings settings;
  settings.accounts = {account("a", {"taro@example.jp"}), account("b", {"Taro@Example.jp"})};
  EXPECT_THAT(whole(settings), ElementsAre(HasSubstr("is taken by \"a\" and by \"b\"")));
  settings.accounts[0].login = "one";
  settings.accounts[1].login = "two";
  EXPECT_THAT(whole(settings), IsEmpty());
}

// What waits is kept by the account's name: with two of a name it could go to the wrong server.
TEST(SettingsMistakes, EachAccountHasItsOwnName) {
  Settings settings;
  settings.accounts = {account("office", {"@a.example"}), account("office", {"@b.example"})};
  EXPECT_THAT(whole(settings),
              ElementsAre(HasSubstr("account.name: \"office\" stands for two accounts")));
}

TEST(SettingsMistakes, TheUpstreamIsNotTodokuItself) {
  Settings settings;
  settings.accounts = {account("a", {"*"})};
  settings.accounts[0].upstream = settings.listen[0];
  EXPECT_THAT(whole(settings), ElementsAre(HasSubstr("itself listens on")));
}

}  // namespace
}  // namespace todoku::settings
