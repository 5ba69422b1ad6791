// SPDX-License-Identifier: Apache-2.0
// Every cause and every case of a provider is explained in both languages, whatever is known of it.
#include "classifier/explain/explanation.hpp"

#include "classifier/cause.hpp"
#include "classifier/explain/quantities.hpp"
#include "classifier/explain/situations.hpp"
#include "classifier/report/delivery_report.hpp"
#include "classifier/rules/shipped.hpp"
#include "config/embedded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <set>

namespace todoku::explain {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::array languages{"ja", "en"};
constexpr std::array files{"explain", "causes", "cases", "situations"};

Catalog read(const std::string& file) {
  auto parsed = Catalog::parse(config::embedded("messages/" + file));
  if (const auto* error = std::get_if<CatalogError>(&parsed)) {
    ADD_FAILURE() << file << ":" << error->line << ": " << error->what;
    return {};
  }
  return std::get<Catalog>(std::move(parsed));
}

Catalog shipped(const std::string& language) {
  Catalog all;
  for (const auto* file : files) all.add(read(std::string(file) + "." + language + ".toml"));
  return all;
}

std::set<std::string> cases_of(const Catalog& catalog) {
  std::set<std::string> names;
  for (const auto& key : catalog.keys()) {
    if (key.starts_with("case.") && key.ends_with(".title"))
      names.insert(key.substr(5, key.size() - 11));
  }
  return names;
}

void expect_complete(const Explanation& words, const std::string& what) {
  EXPECT_THAT(words.title, Not(IsEmpty())) << what;
  EXPECT_THAT(words.what_happened, Not(IsEmpty())) << what;
  EXPECT_THAT(words.whose_side, Not(IsEmpty())) << what;
  EXPECT_THAT(words.what_to_do, Not(IsEmpty())) << what;
  EXPECT_THAT(words.how_long, Not(IsEmpty())) << what;
  EXPECT_THAT(words.do_not, Not(IsEmpty())) << what;
  auto all = words.what_to_do;
  all.insert(all.end(), words.do_not.begin(), words.do_not.end());
  all.insert(all.end(), {words.title, words.what_happened, words.whose_side, words.how_long});
  for (const auto& text : all)
    EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << what << ": " << text;
}

TEST(Explanations, BothLanguagesHaveTheSameKeysAndParameters) {
  for (const auto* file : files) {
    const auto japanese = read(std::string(file) + ".ja.toml");
    const auto english = read(std::string(file) + ".en.toml");
    EXPECT_EQ(japanese.keys(), english.keys()) << file;
    for (const auto& key : english.keys())
      EXPECT_EQ(japanese.parameters_of(key), english.parameters_of(key)) << key;
  }
}

TEST(Explanations, EveryCauseIsCompleteEvenWhenNothingElseIsKnown) {
  for (const auto* language : languages) {
    const auto catalog = shipped(language);
    for (const auto& facts : all_causes()) {
      Subject subject;
      subject.kind = "bounce";
      subject.cause = facts.name;
      subject.who_acts = to_string(facts.who_acts);
      expect_complete(explain(catalog, subject),
                      std::string(language) + " " + subject.cause.data());
      subject.kind = "delayed";
      expect_complete(explain(catalog, subject), std::string(language) + " delayed");
    }
  }
}

TEST(Explanations, EveryCaseHasACauseAndIsComplete) {
  for (const auto* language : languages) {
    const auto catalog = shipped(language);
    for (const auto& name : cases_of(catalog)) {
      const auto cause = catalog.render("case." + name + ".cause");
      const auto found = cause_from_string(cause);
      ASSERT_TRUE(found) << name << ": " << cause;
      Subject subject;
      subject.cause = cause;
      subject.who_acts = to_string(facts_of(*found).who_acts);
      subject.provider_case = name;
      const auto words = explain(catalog, subject);
      expect_complete(words, std::string(language) + " " + name);
      EXPECT_EQ(words.title, catalog.render("case." + name + ".title"));
    }
  }
}

// A rule that names a case gets its words.
TEST(Explanations, EveryCaseOfTheRulesHasWords) {
  const auto catalog = shipped("ja");
  const std::regex named(R"re((?:^|\n)case = "([^"]+)")re");
  std::size_t count = 0;
  for (const auto file : rules::shipped_files) {
    const std::string text(config::embedded(file));
    for (std::sregex_iterator at(text.begin(), text.end(), named), end; at != end; ++at, ++count)
      EXPECT_TRUE(catalog.has("case." + (*at)[1].str() + ".title")) << (*at)[1] << " in " << file;
  }
  EXPECT_GT(count, 0U);
}

TEST(Explanations, EveryParameterHasWordsToStandIn) {
  const auto catalog = shipped("ja");
  for (const auto& key : catalog.keys()) {
    if (!key.starts_with("cause.") && !key.starts_with("case.")) continue;
    for (const auto& name : catalog.parameters_of(key))
      EXPECT_TRUE(catalog.has("word." + name)) << name << " of " << key;
  }
}

TEST(Explanations, EveryReasonOfAKindHasWords) {
  const auto catalog = shipped("en");
  for (int number = 0; number <= static_cast<int>(report::KindReason::empty); ++number) {
    const auto name = report::to_string(static_cast<report::KindReason>(number));
    EXPECT_TRUE(catalog.has("reason." + std::string(name) + ".why")) << name;
  }
}

TEST(Explanations, SentencesAreFinished) {
  for (const auto* language : languages) {
    const auto catalog = shipped(language);
    const bool is_japanese = std::string_view(language) == "ja";
    for (const auto& key : catalog.keys()) {
      if (key.starts_with("page.") || key.starts_with("word.") || key.starts_with("unit.") ||
          key.ends_with(".title") || key.ends_with(".cause"))
        continue;
      const auto text = catalog.render(key);
      EXPECT_TRUE(text.ends_with(is_japanese ? "。" : "."))
          << language << " " << key << ": " << text;
    }
  }
}

TEST(Explain, FillsWhatIsKnownAndLeavesOutWhatIsNot) {
  const auto catalog = shipped("en");
  Subject subject;
  subject.cause = "blocklisted";
  subject.who_acts = "sender-provider";
  const auto unknown = explain(catalog, subject);
  subject.parameters = {{"ip", "192.0.2.1"}, {"blocklist", "bl.example.net"}};
  const auto known = explain(catalog, subject);
  EXPECT_EQ(known.what_to_do.size(), unknown.what_to_do.size() + 1);
  EXPECT_THAT(known.what_to_do, Contains(HasSubstr("192.0.2.1")));
  EXPECT_THAT(known.what_happened, HasSubstr("bl.example.net"));
  EXPECT_THAT(unknown.what_happened, HasSubstr("not given"));
}

// No bracket that says that there is nothing to say.
TEST(Explain, WithoutAnAddressTheSentenceNeedsNone) {
  for (const auto* cause : {"user-unknown", "moved", "suspended", "mailbox-full", "suppressed"}) {
    Subject subject;
    subject.cause = cause;
    const auto japanese = explain(shipped("ja"), subject).what_happened;
    EXPECT_THAT(japanese, Not(AnyOf(HasSubstr("("), HasSubstr("書かれて"), HasSubstr("宛先 "))));
    const auto english = explain(shipped("en"), subject).what_happened;
    EXPECT_THAT(english, Not(AnyOf(HasSubstr("("), HasSubstr("not given"), HasSubstr("  "))));
    subject.parameters = {{"recipient", "jiro@shop.example"}};
    EXPECT_THAT(explain(shipped("ja"), subject).what_happened, HasSubstr(" (jiro@shop.example) "));
    EXPECT_THAT(explain(shipped("en"), subject).what_happened, HasSubstr(" (jiro@shop.example)"));
  }
}

TEST(Explain, AWellKnownListHasItsOwnWords) {
  Subject subject;
  subject.cause = "blocklisted";
  subject.parameters = {{"blocklist", "Spamhaus"}};
  EXPECT_THAT(explain(shipped("ja"), subject).title, HasSubstr("Spamhaus"));
}

TEST(Explain, ADelayIsNeverSentAgain) {
  const auto catalog = shipped("en");
  Subject subject;
  subject.kind = "delayed";
  subject.cause = "network-error";
  const auto words = explain(catalog, subject);
  EXPECT_THAT(words.title, HasSubstr("not a failure"));
  EXPECT_THAT(words.what_happened, HasSubstr(catalog.render("cause.network-error.title")));
  EXPECT_THAT(words.do_not, Contains(HasSubstr("twice")));
}

TEST(Explain, TellsOfASecondReasonAndOfAHiddenOne) {
  const auto catalog = shipped("en");
  Subject subject;
  subject.cause = "user-unknown";
  subject.second = "recipient-filter";
  subject.reason_hidden = true;
  const auto words = explain(catalog, subject);
  EXPECT_THAT(words.what_happened, AllOf(HasSubstr(catalog.render("cause.recipient-filter.title")),
                                         HasSubstr(catalog.render("page.reason_hidden"))));
}

TEST(Explain, ABareTemporaryCodeMeansWaiting) {
  const auto catalog = shipped("ja");
  Subject subject;
  subject.cause = "unclear";
  subject.reply = "451";
  const auto words = explain(catalog, subject);
  EXPECT_EQ(words.title, catalog.render("case.temporary-code.title"));
  EXPECT_THAT(words.what_happened, HasSubstr("451"));
  subject.reply = "550";
  EXPECT_NE(explain(catalog, subject).title, words.title);
}

TEST(Explain, AnUnknownCaseFallsBackToItsCause) {
  const auto catalog = shipped("ja");
  Subject subject;
  subject.cause = "virus";
  subject.provider_case = "nobody-knows-this";
  EXPECT_EQ(explain(catalog, subject).title, catalog.render("cause.virus.title"));
}

TEST(Explain, WhatServersSayIsTamed) {
  const auto catalog = shipped("en");
  const auto values = readable(
      catalog, {{"recipient", "a\x1b[31m\nb@c"}, {"url", std::string(5000, 'x')}, {"ip", ""}});
  ASSERT_THAT(values, SizeIs(2));
  EXPECT_EQ(values[0].second, "a [31m b@c");
  EXPECT_LE(values[1].second.size(), 200U);
}

TEST(Quantities, AreReadAsPeopleReadThem) {
  const auto english = shipped("en");
  const auto japanese = shipped("ja");
  EXPECT_EQ(readable_size("10485760"), "10 MB");
  EXPECT_EQ(readable_size("15728640 bytes"), "15 MB");
  EXPECT_EQ(readable_size("1610612736"), "1.5 GB");
  EXPECT_EQ(readable_size("25 MB"), "25 MB");
  EXPECT_EQ(readable_size("999999999999999999999999"), "999999999999999999999999");
  EXPECT_EQ(readable_wait(japanese, "300 seconds"), "300 秒");
  EXPECT_EQ(readable_wait(japanese, "5min"), "5 分");
  EXPECT_EQ(readable_wait(english, "2 hours"), "2 hours");
  EXPECT_EQ(readable_wait(japanese, "3 months"), "3 months");
  EXPECT_EQ(readable_wait(japanese, "a while"), "a while");
}

Situations situations() {
  auto parsed = Situations::parse(config::embedded("situations.toml"));
  if (const auto* error = std::get_if<CatalogError>(&parsed)) {
    ADD_FAILURE() << error->line << ": " << error->what;
    return {};
  }
  return std::get<Situations>(std::move(parsed));
}

TEST(Situations, AreFoundFromTheWordsPeopleUse) {
  const auto all = situations();
  EXPECT_EQ(all.find("メール送れない 受信できる"), "receives-not-sends");
  EXPECT_EQ(all.find("ｇｍａｉｌ　特定アドレス　送れない"), "gmail-one-recipient");
  EXPECT_EQ(all.find("GMAILに届かない"), "gmail-not-arriving");
  EXPECT_EQ(all.find("特定の宛先にだけメールが送れない エラーメッセージも来ない"),
            "one-recipient-silent");
  EXPECT_EQ(all.find("特定の相手にメールが送れない"), "one-recipient");
  EXPECT_EQ(all.find("送ったのに相手に届いていない"), "silent-loss");
  EXPECT_EQ(all.find("ドコモのメールに送れない"), "carrier-mail");
  EXPECT_EQ(all.find("添付ファイルが送れない"), "attachment");
  EXPECT_EQ(all.find("ある日突然メールが送れなくなった"), "suddenly-cannot-send");
  EXPECT_EQ(all.find("I can receive but cannot send mail"), "receives-not-sends");
  EXPECT_EQ(all.find("文字化けする"), "garbled");
  EXPECT_EQ(all.find("MAILER-DAEMON@example.jp"), "error-mail");
  EXPECT_EQ(all.find("メールが送れません"), "cannot-send");
  EXPECT_EQ(all.find("今日は良い天気です"), "");
  EXPECT_EQ(all.find(""), "");
  EXPECT_EQ(all.find(std::string(100000, '\xEF')), "");
}

TEST(Situations, EachHasWordsInBothLanguages) {
  for (const auto* language : languages) {
    const auto catalog = shipped(language);
    for (const auto& id : situations().ids())
      expect_complete(explain_key(catalog, "situation." + id), std::string(language) + " " + id);
  }
}

TEST(Situations, TellTheLineOfAMistake) {
  const auto mistake = [](std::string_view text) {
    const auto parsed = Situations::parse(text);
    const auto* error = std::get_if<CatalogError>(&parsed);
    return error == nullptr ? CatalogError{} : *error;
  };
  EXPECT_EQ(mistake("[[situation]]\nsays = [[\"a\"]]\n").line, 1U);
  EXPECT_THAT(mistake("[[situation]]\nid = \"a\"\nsays = [[\"\"]]\n").what, HasSubstr("empty"));
  EXPECT_THAT(mistake("x = 1\n").what, HasSubstr("situation"));
  EXPECT_THAT(mistake("x = \n").what, Not(IsEmpty()));
}

TEST(Catalogs, TakeSectionsInSectionsAndLists) {
  auto parsed = Catalog::parse("[a.b]\nc = [\"x\", \"{y}\"]\n");
  ASSERT_TRUE(std::holds_alternative<Catalog>(parsed));
  auto& catalog = std::get<Catalog>(parsed);
  EXPECT_EQ(catalog.render("a.b.c.1"), "x");
  EXPECT_THAT(catalog.parameters_of("a.b.c.2"), Contains("y"));
  catalog.add(std::get<Catalog>(Catalog::parse("[a.b]\nd = \"z\"\n")));
  EXPECT_EQ(catalog.render("a.b.d"), "z");
  EXPECT_TRUE(std::holds_alternative<CatalogError>(Catalog::parse("[a]\nb = []\n")));
  EXPECT_TRUE(std::holds_alternative<CatalogError>(Catalog::parse("[a.b.c.d.e.f]\ng = \"x\"\n")));
}

}  // namespace
}  // namespace todoku::explain
