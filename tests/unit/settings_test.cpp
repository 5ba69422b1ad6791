// SPDX-License-Identifier: Apache-2.0

// Right settings are read: files, --set, options, durations and sizes.
#include "proxy/settings/settings.hpp"

#include "proxy/settings/given.hpp"
#include "proxy/settings/nearest.hpp"
#include "proxy/settings/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::settings {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Settings, ReadsAFile) {
  Settings settings;
  const auto mistakes = apply_toml(settings, R"(
listen = "submission://[::1]:2587"
language = "ja"
stop_limit = 3
mailbox = "imaps://taro@sv0000.example.jp"
log.level = "debug"
[smtp]
max_message_size = "25MB"
max_hops = 30
[delivery]
retry = ["2s", 5, "500ms"]
path_memory = "off"
chunking = false
[[account]]
senders = ["taro@example.jp", "@sub.example.jp"]
login = "taro"
upstream = "submissions://sv0000.example.jp"
[[account]]
name = "rest"
senders = "*"
upstream = "smtp://127.0.0.1:2525"
[[fallback]]
relay = "submission://relay.example.jp"
)",
                                   "t.toml");
  for (const auto& mistake : mistakes) ADD_FAILURE() << to_string(mistake);
  EXPECT_EQ(settings.listen, (std::vector<ServerUrl>{{Scheme::submission, "", "::1", 2587, ""}}));
  EXPECT_EQ(settings.language, Language::japanese);
  EXPECT_EQ(settings.stop_limit, 3s);
  EXPECT_EQ(settings.mailbox->user, "taro");
  EXPECT_EQ(settings.log_level, LogLevel::debug);
  EXPECT_EQ(settings.smtp.max_message_size, 25'000'000U);
  EXPECT_EQ(settings.smtp.max_hops, 30U);
  EXPECT_THAT(settings.delivery.retry, ElementsAre(2s, 5s, 500ms));
  EXPECT_FALSE(settings.delivery.path_memory);
  EXPECT_FALSE(settings.delivery.chunking);
  ASSERT_EQ(settings.accounts.size(), 2U);
  EXPECT_EQ(settings.accounts[0].name, "taro@example.jp");
  EXPECT_EQ(settings.accounts[0].login, "taro");
  EXPECT_EQ(settings.accounts[0].upstream.port, 465);
  EXPECT_THAT(settings.accounts[1].senders, ElementsAre("*"));
  ASSERT_EQ(settings.fallbacks.size(), 1U);
  EXPECT_EQ(settings.fallbacks[0].name, "relay.example.jp");
  EXPECT_THAT(check_whole(settings), IsEmpty());
}

TEST(Settings, ReadsFallbacksAndServersOfTheDns) {
  Settings settings;
  const auto mistakes = apply_toml(settings, R"(
[[fallback]]
relay = "submission://relay.example.jp"
[[fallback]]
name = "spare"
relay = "submissions://taro@spare.example.jp"
secret = "spare"
allowed_from = ["@example.jp", "taro@example.com"]
never_to = "Example.CO.jp"
when = ["unreachable", "rate-limited"]
messages_per_day = 200
outgoing = ["192.0.2.25", "2001:db8::/64"]
dkim_domain = "example.jp"
dkim_selector = "todoku"
dkim_secret = "key"
[dns]
servers = "192.0.2.1,[2001:db8::1]:5353,2001:db8::2,192.0.2.2:53"
)",
                                   "t.toml");
  for (const auto& mistake : mistakes) ADD_FAILURE() << to_string(mistake);
  ASSERT_EQ(settings.fallbacks.size(), 2U);
  const auto& plain = settings.fallbacks[0];
  EXPECT_THAT(plain.allowed_from, ElementsAre("*"));
  EXPECT_THAT(plain.when, ElementsAre(FallbackCause::blocklisted, FallbackCause::bad_reputation,
                                      FallbackCause::unreachable));
  const auto& spare = settings.fallbacks[1];
  EXPECT_EQ(spare.secret, "spare");
  EXPECT_THAT(spare.allowed_from, ElementsAre("@example.jp", "taro@example.com"));
  EXPECT_THAT(spare.never_to, ElementsAre("example.co.jp"));
  EXPECT_THAT(spare.when, ElementsAre(FallbackCause::unreachable, FallbackCause::rate_limited));
  EXPECT_EQ(spare.messages_per_day, 200U);
  ASSERT_EQ(spare.outgoing.size(), 2U);
  EXPECT_EQ(spare.outgoing[1].to_string(), "2001:db8::/64");
  EXPECT_EQ(spare.dkim_selector, "todoku");
  EXPECT_EQ(settings.dns.servers, "192.0.2.1,[2001:db8::1]:5353,2001:db8::2,192.0.2.2:53");
}

TEST(Settings, ReadsOverrides) {
  Settings settings;
  for (const auto* text :
       {"delivery.answer_budget=10s", "delivery.retry=2s, 5s", "store.encrypt=false",
        "delivery.path_memory=off", "store.memory_body=4MiB", "state_dir=/tmp/a=b", "mailbox=",
        "log.format=json", "listen=submission://127.0.0.1:1,submission://127.0.0.1:2"}) {
    for (const auto& mistake : apply_override(settings, text)) ADD_FAILURE() << to_string(mistake);
  }
  EXPECT_EQ(settings.delivery.answer_budget, 10s);
  EXPECT_THAT(settings.delivery.retry, ElementsAre(2s, 5s));
  EXPECT_FALSE(settings.store.encrypt);
  EXPECT_FALSE(settings.delivery.path_memory);
  EXPECT_EQ(settings.store.memory_body, 4U << 20);
  EXPECT_EQ(settings.state_dir, "/tmp/a=b");
  EXPECT_EQ(settings.log_format, LogFormat::json);
  EXPECT_EQ(settings.listen.size(), 2U);
  EXPECT_THAT(apply_override(settings, "delivery.retry="), IsEmpty());
  EXPECT_THAT(settings.delivery.retry, IsEmpty());
}

TEST(Settings, LaterTextsOverrideEarlierOnes) {
  Settings settings;
  const std::string_view account =
      "[[account]]\nsenders = [\"*\"]\nupstream = \"submission://a.example\"\n";
  EXPECT_THAT(apply_toml(settings, account, "1"), IsEmpty());
  EXPECT_THAT(apply_toml(settings, account, "2"), IsEmpty());
  EXPECT_EQ(settings.accounts.size(), 1U);
  EXPECT_THAT(apply_toml(settings, "listen = [\"submission://127.0.0.1:1\"]", "3"), IsEmpty());
  EXPECT_EQ(settings.listen.size(), 1U);
}

TEST(Settings, OptionsGiveListsAsTheyAre) {
  Settings settings;
  EXPECT_THAT(apply_option(settings, "state_dir", {"/tmp/a,b"}, "--state-dir"), IsEmpty());
  EXPECT_EQ(settings.state_dir, "/tmp/a,b");
}

TEST(Settings, DurationsAndSizesHaveUnits) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("20 s"), 20s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("3"), 3s);
  for (const auto* text : {"", "s", "-1s", "1.5s", "5min", "5m ", "99999999999999999999s",
                           "9999999999999999d", "1s1s"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("25MB"), 25'000'000U);
  EXPECT_EQ(parse_size("2gb"), 2'000'000'000U);
  EXPECT_EQ(parse_size("17"), 17U);
  EXPECT_EQ(parse_size("25M"), std::nullopt);
  EXPECT_EQ(parse_size("99999999TiB"), std::nullopt);
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(86'400s), "1d");
  EXPECT_EQ(duration_text(0s), "0ms");
  EXPECT_EQ(size_text(65536), "64KiB");
  EXPECT_EQ(size_text(25'000'000), "25MB");
}

TEST(Settings, EditDistanceCountsSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("listen", "lisetn"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_GT(edit_distance(std::string(1000, 'a'), "a"), 1000U);
}

TEST(Settings, EachCheckHasALevelOfItsOwn) {
  Settings settings;
  EXPECT_THAT(apply_toml(settings, "[checks]\nhtml = \"off\"\nkeywords = \"refuse\"\n", "own"),
              IsEmpty());
  EXPECT_EQ(settings.checks.html, CheckLevel::off);
  EXPECT_EQ(settings.checks.keywords, CheckLevel::refuse);
  EXPECT_EQ(settings.checks.sender, CheckLevel::note);
  const auto mistakes = apply_toml(settings, "[checks]\nhtml = \"holt\"\n", "own");
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(to_string(mistakes[0]),
            "own:2: checks.html: \"holt\" is not known here; write off, note, hold or refuse "
            "(did you mean hold?)");
}

TEST(Settings, ListsOfWordsAreLookedAtOneByOne) {
  Settings settings;
  EXPECT_THAT(apply_override(settings, "checks.watched_words=社外秘, draft"), IsEmpty());
  EXPECT_THAT(settings.checks.watched_words, ElementsAre("社外秘", "draft"));
  for (const auto* wrong : {"checks.blocked_addresses=rival", "checks.companies=青空商事",
                            "checks.internal_domains=a b", "locked=checks.htlm"})
    EXPECT_EQ(apply_override(settings, wrong).size(), 1U) << wrong;
  EXPECT_THAT(apply_override(settings, "checks.companies=青空商事 = aozora.example"), IsEmpty());
}

TEST(Settings, WhatTheAdministratorLocksStays) {
  Settings settings;
  EXPECT_THAT(
      apply_toml(settings, "locked = [\"checks.html\"]\n[checks]\nhtml = \"hold\"\n", "admin.toml"),
      IsEmpty());
  const auto in_file =
      apply_toml(settings, "[checks]\nhtml = \"off\"\nsender = \"off\"\n", "own.toml");
  ASSERT_EQ(in_file.size(), 1U);
  EXPECT_EQ(in_file[0].line, 2U);
  EXPECT_THAT(in_file[0].message, testing::HasSubstr("administrator"));
  EXPECT_EQ(apply_override(settings, "checks.html=off").size(), 1U);
  EXPECT_EQ(apply_override(settings, "locked=").size(), 1U);
  EXPECT_EQ(settings.checks.html, CheckLevel::hold);
  EXPECT_EQ(settings.checks.sender, CheckLevel::off);
}

}  // namespace
}  // namespace todoku::settings
