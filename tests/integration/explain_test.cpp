// SPDX-License-Identifier: Apache-2.0
// todoku explain as its users meet it: pages, JSON lines, batch, exit codes.
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/cli/run_explain.hpp"
#include "proxy/demo/layout.hpp"
#include "tests/support/scratch_dir.hpp"

#include <boost/json/parse.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace todoku::cli {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string golden = std::string(TODOKU_SOURCE_DIR) + "/tests/bounces/";

struct Outcome {
  int code = -1;
  std::string out, error;
};

Outcome explained(const ExplainOptions& options, const std::string& input = {},
                  Terminal terminal = {}) {
  static const auto classifier = load_classifier();
  static const auto situations = load_situations();
  const auto words = load_explanations(options.language == "ja" ? settings::Language::japanese
                                                                : settings::Language::english);
  std::istringstream in(input);
  std::ostringstream out, error;
  Outcome outcome;
  outcome.code = run_explain(options, {classifier, situations, words, terminal, in, out, error});
  outcome.out = out.str();
  outcome.error = error.str();
  return outcome;
}

ExplainOptions words(std::vector<std::string> given, const char* language = "en") {
  ExplainOptions options;
  options.words = std::move(given);
  options.language = language;
  return options;
}

std::vector<json::object> lines_of(const std::string& text) {
  std::vector<json::object> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line).as_object());
  return out;
}

TEST(Explain, AMailBecomesAPage) {
  const auto page = explained(words({golden + "postfix_rcpt.eml"}));
  EXPECT_EQ(page.code, exit_ok);
  EXPECT_THAT(page.error, IsEmpty());
  EXPECT_THAT(page.out,
              AllOf(HasSubstr("address was not found"), HasSubstr("jiro@shop.example"),
                    HasSubstr("What to do now"), HasSubstr("【"), Not(HasSubstr("\x1b["))));
}

TEST(Explain, NumbersAreOnlyThoseOfTheMail) {
  // The JSON lines have a class for programs ("5.0.0"); a person would pass it on as the error.
  EXPECT_THAT(explained(words({"550", "User", "unknown"})).out,
              AllOf(HasSubstr("Numbers: 550\n"), Not(HasSubstr("5.0.0"))));
  const auto page = explained(words({"Mailbox", "is", "full"})).out;
  EXPECT_THAT(page, AllOf(Not(HasSubstr("Numbers:")), Not(HasSubstr("What is known"))));
}

TEST(Explain, APageFitsItsTerminalAndHasColourOnlyThere) {
  for (const std::size_t columns : {40U, 60U, 99U}) {
    const auto page = explained(words({golden + "postfix_rcpt.eml"}, "ja"), {}, {false, columns});
    std::istringstream in(page.out);
    for (std::string line; std::getline(in, line);)
      EXPECT_LE(demo::display_width(line), columns) << line;
  }
  const auto coloured = explained(words({golden + "postfix_rcpt.eml"}, "ja"), {}, {true, 78});
  EXPECT_THAT(coloured.out, HasSubstr("\x1b["));
}

TEST(Explain, AnErrorInWordsNeedsNoQuotes) {
  EXPECT_THAT(explained(words({"550", "5.1.1", "User", "unknown"})).out,
              HasSubstr("address was not found"));
  EXPECT_THAT(explained(words({"550", "5.1.1", "User", "unknown"}, "ja")).out,
              HasSubstr("「宛先は見つからない」"));
  EXPECT_THAT(explained(words({"451"})).out, HasSubstr("451 is a temporary answer"));
  EXPECT_THAT(explained(words({"メール送れない", "受信できる"}, "ja")).out, HasSubstr("587"));
  EXPECT_THAT(explained(words({"gmail", "特定アドレス", "送れない"}, "ja")).out,
              HasSubstr("特定の相手"));
}

TEST(Explain, AnOrdinaryMailIsToldAndIsNoFailure) {
  const auto page = explained(words({golden + "ordinary_about_bounces.eml"}));
  EXPECT_EQ(page.code, exit_ok);
  EXPECT_THAT(page.out, AllOf(HasSubstr("not an error mail"), HasSubstr("no sign of")));
}

TEST(Explain, WhatAPersonForwardsIsExplainedInside) {
  const auto page = explained(words({golden + "forwarded_attached.eml"}));
  EXPECT_THAT(page.out, AllOf(HasSubstr("A person forwarded it"), HasSubstr("was inside")));
}

TEST(Explain, OneMailOnStandardInput) {
  std::ostringstream mail;
  mail << std::ifstream(golden + "qmail.eml", std::ios::binary).rdbuf();
  const auto page = explained(words({}), mail.str());
  EXPECT_EQ(page.code, exit_ok);
  EXPECT_THAT(page.out, HasSubstr("What happened"));
  EXPECT_EQ(explained(words({})).code, exit_data);
  auto blank = words({});
  blank.text = " \n";
  EXPECT_EQ(explained(blank).code, exit_data);
}

TEST(Explain, JsonHasTheMembersOfTheContract) {
  auto options = words({golden + "postfix_rcpt.eml"});
  options.json = true;
  const auto lines = lines_of(explained(options).out);
  ASSERT_EQ(lines.size(), 1U);
  const auto& line = lines.front();
  EXPECT_EQ(line.at("kind"), "bounce");
  EXPECT_EQ(line.at("original").at("message_id"), "quote.7781@office.example");
  const auto& recipient = line.at("recipients").at(0).as_object();
  EXPECT_EQ(recipient.at("address"), "jiro@shop.example");
  EXPECT_EQ(recipient.at("cause"), "user-unknown");
  EXPECT_EQ(recipient.at("status"), "5.1.1");
  EXPECT_EQ(recipient.at("reply"), "550");
  EXPECT_EQ(recipient.at("hard"), true);
  EXPECT_EQ(recipient.at("stage"), 2);
  EXPECT_EQ(recipient.at("who_acts"), "sender");
  for (const auto* name : {"diagnostic", "certainty", "rule"})
    EXPECT_TRUE(recipient.contains(name)) << name;
  const auto& explanation = recipient.at("explanation").as_object();
  EXPECT_FALSE(explanation.at("what_to_do").as_array().empty());
  options.language.reset();
  const auto bare = lines_of(explained(options).out);
  EXPECT_FALSE(bare.at(0).at("recipients").at(0).as_object().contains("explanation"));
}

TEST(Explain, ATroubleInWordsIsAlsoJson) {
  auto options = words({"メール送れない", "受信できる"}, "ja");
  options.json = true;
  const auto lines = lines_of(explained(options).out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("situation"), "receives-not-sends");
  EXPECT_EQ(lines[0].at("text"), "メール送れない 受信できる");
  EXPECT_TRUE(lines[0].contains("explanation"));
}

TEST(Explain, TheAddressOfTheirServerIsNotTakenForOurs) {
  const auto page = explained(words({golden + "postfix_delayed.eml"}));
  EXPECT_THAT(page.out, Not(HasSubstr("of the sending server: 192")));
}

TEST(Explain, BatchGivesOneLineForEachPathInOrder) {
  ExplainOptions options;
  options.batch = true;
  const auto outcome =
      explained(options, golden + "qmail.eml\n/nowhere/x.eml\n" + golden + "out_of_office.eml\r\n");
  EXPECT_EQ(outcome.code, exit_no_input);
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].at("kind"), "bounce");
  EXPECT_EQ(lines[1].at("file"), "/nowhere/x.eml");
  EXPECT_TRUE(lines[1].contains("error"));
  EXPECT_EQ(lines[2].at("kind"), "auto-reply");
  EXPECT_EQ(explained(options).code, exit_ok);
}

TEST(Explain, AFileThatCannotBeReadDoesNotStopTheOthers) {
  const auto page = explained(words({"/nowhere/x.eml", golden + "qmail.eml"}));
  EXPECT_EQ(page.code, exit_no_input);
  EXPECT_THAT(page.error, HasSubstr("/nowhere/x.eml"));
  EXPECT_THAT(page.out, HasSubstr("What happened"));
}

// Dragged out of Outlook, a mail is a file of Outlook's own format, which is not read.
TEST(Explain, AFileOfOutlooksOwnFormatIsSaidToBeOne) {
  const support::ScratchDir dir;
  const auto file = (dir.path() / "returned.msg").string();
  std::ofstream(file, std::ios::binary) << "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more";
  const auto page = explained(words({file}));
  EXPECT_EQ(page.code, exit_data);
  EXPECT_THAT(page.out, IsEmpty());
  EXPECT_THAT(page.error, AllOf(HasSubstr("Outlook"), HasSubstr("--text")));
  EXPECT_THAT(explained(words({file}, "ja")).error, HasSubstr("Outlook"));
}

TEST(Explain, ABatchSaysThatAFileIsOfOutlooksOwnFormat) {
  const support::ScratchDir dir;
  const auto file = (dir.path() / "returned.msg").string();
  std::ofstream(file, std::ios::binary) << "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more";
  for (const auto* language : {"ja", "en"}) {
    auto options = words({}, language);
    options.batch = true;
    const auto outcome = explained(options, file + "\n" + golden + "qmail.eml\n");
    EXPECT_EQ(outcome.code, exit_data);
    const auto lines = lines_of(outcome.out);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("file").as_string(), file);
    EXPECT_FALSE(lines[0].contains("kind"));
    options = words({file}, language);
    options.json = true;
    EXPECT_EQ(lines[0], lines_of(explained(options).out).at(0));
    EXPECT_EQ(lines[1].at("kind"), "bounce");
  }
}

TEST(Explain, HostileMailReachesNoTerminal) {
  const support::ScratchDir folder;
  const auto file = folder.path() / "hostile.eml";
  std::ofstream(file, std::ios::binary)
      << "From: MAILER-DAEMON@example.jp\r\nSubject: Undelivered Mail Returned to Sender\r\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
         "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
         "Final-Recipient: rfc822; x\x1b]0;t\x07@example.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n"
         "Diagnostic-Code: smtp; 550 \x1b[2J\xc2\x9b\xe2\x80\xae user unknown\r\n\r\n--b--\r\n";
  for (const auto* language : {"ja", "en"}) {
    const auto page = explained(words({file.string()}, language));
    for (const auto* mark : {"\x1b", "\x07", "\xc2\x9b", "\xe2\x80\xae"})
      EXPECT_EQ(page.out.find(mark), std::string::npos) << language;
  }
}

TEST(Explain, EveryGoldenMailGivesAWholePage) {
  for (const auto& entry : std::filesystem::directory_iterator(golden)) {
    if (entry.path().extension() != ".eml") continue;
    for (const auto* language : {"ja", "en"}) {
      const auto page = explained(words({entry.path().string()}, language));
      EXPECT_EQ(page.code, exit_ok) << entry.path();
      EXPECT_GT(page.out.size(), 200U) << entry.path();
    }
  }
}

TEST(Explain, ThePageOfAllExplanationsHasBothLanguages) {
  const auto page = all_explanations(load_explanations(settings::Language::japanese),
                                     load_explanations(settings::Language::english));
  for (const auto& facts : all_causes())
    EXPECT_THAT(page, HasSubstr("\n## " + std::string(facts.name) + "\n"));
  EXPECT_THAT(page, AllOf(HasSubstr("## case gmail-5.7.26"), HasSubstr("## situation receives")));
}

}  // namespace
}  // namespace todoku::cli
