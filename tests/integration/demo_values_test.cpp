// SPDX-License-Identifier: Apache-2.0
// The demo's pure parts: what the sandbox answers, the samples, and the width of what is printed.
// They stand with the rooms because proxy/demo is one; no socket is opened here.
#include "classifier/explain/messages.hpp"
#include "config/embedded.hpp"
#include "proxy/demo/behaviour.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/demo/report.hpp"
#include "proxy/demo/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace todoku::demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

explain::Catalog catalog_of(const std::string& language) {
  auto parsed = explain::Catalog::parse(config::embedded("messages/" + language + ".toml"));
  return std::get<explain::Catalog>(std::move(parsed));
}

int code_for(std::string_view address) {
  return recipient_reply(address, {}, false).code;
}

TEST(Behaviour, AnswersByLocalPart) {
  EXPECT_EQ(code_for("ok@sandbox.test"), 250);
  EXPECT_EQ(smtp::to_line(recipient_reply("nouser@sandbox.test", {}, false)),
            "550 5.1.1 <nouser@sandbox.test>: Recipient address rejected: User unknown in virtual "
            "mailbox table");
  EXPECT_EQ(recipient_reply("full@sandbox.test", {}, false).status, "4.2.2");
  EXPECT_EQ(recipient_reply("overfull@sandbox.test", {}, false).status, "5.2.2");
  EXPECT_EQ(code_for("blocked@sandbox.test"), 554);
  EXPECT_EQ(code_for("slow@sandbox.test"), 250);
  EXPECT_EQ(code_for("later-bounce@sandbox.test"), 250);
}

TEST(Behaviour, TakesCaseDetailAndUnknownNames) {
  EXPECT_EQ(code_for("NoUser@SANDBOX.test"), 550);
  EXPECT_EQ(code_for("nouser+news@sandbox.test"), 550);
  EXPECT_EQ(code_for("hanako@sandbox.test"), 250);
  EXPECT_EQ(code_for("+@sandbox.test"), 250);
}

TEST(Behaviour, NothingLeavesTheSandbox) {
  for (const auto* address : {"hanako@example.jp", "ok@sandbox.test.example.jp", "ok", "", "@",
                              "ok@sandbox.test@example.jp"}) {
    EXPECT_EQ(code_for(address), 550) << address;
  }
}

TEST(Behaviour, LargeMessagesAreRefusedWhenDeclaredAndAtTheirEnd) {
  EXPECT_EQ(recipient_reply("toobig@sandbox.test", large_message, false).code, 250);
  EXPECT_EQ(recipient_reply("toobig@sandbox.test", large_message + 1, false).status, "5.3.4");
  EXPECT_FALSE(refusal_at_end("toobig@sandbox.test", large_message));
  EXPECT_EQ(refusal_at_end("toobig@sandbox.test", large_message + 1).value().code, 552);
  EXPECT_FALSE(refusal_at_end("ok@sandbox.test", 100 * large_message));
}

TEST(Behaviour, GreylistAcceptsTheSecondTry) {
  EXPECT_EQ(recipient_reply("greylist@sandbox.test", {}, false).status, "4.7.1");
  EXPECT_EQ(recipient_reply("greylist@sandbox.test", {}, true).code, 250);
}

TEST(Behaviour, RepliesCarryNoControlsOfTheAddress) {
  const auto reply = recipient_reply("nouser+\r\n250 ok@sandbox.test", {}, false);
  EXPECT_EQ(reply.text.find_first_of("\r\n"), std::string::npos);
}

TEST(Behaviour, EveryRowHasItsSentencesAndItsOwnName) {
  std::set<std::string> names;
  for (const auto* language : {"ja", "en"}) {
    const auto catalog = catalog_of(language);
    for (const auto& row : behaviours()) {
      names.insert(std::string(row.local_part));
      EXPECT_TRUE(catalog.has("demo.does_" + std::string(row.name))) << row.name;
      EXPECT_TRUE(catalog.has("demo.means_" + std::string(row.name))) << row.name;
      EXPECT_EQ(&behaviour_of(address_of(row)), &row);
    }
    EXPECT_TRUE(catalog.has("demo.means_" + std::string(behaviour_of("a@b.example").name)));
  }
  EXPECT_EQ(names.size(), behaviours().size());
}

TEST(Samples, AreMailInTheLanguageAsked) {
  for (const auto language : {settings::Language::japanese, settings::Language::english}) {
    const auto samples = make_samples(language, "Tue, 24 Nov 2026 19:40:00 +0000", "t1");
    ASSERT_GE(samples.size(), 5U);
    std::set<std::string> ids;
    for (const auto& sample : samples) {
      EXPECT_THAT(sample.message, HasSubstr("\r\nTo: <" + sample.recipient + ">\r\n"));
      EXPECT_THAT(sample.message, HasSubstr("\r\nDate: Tue, 24 Nov 2026 19:40:00 +0000\r\n"));
      const auto at = sample.message.find("Message-ID: ");
      ids.insert(sample.message.substr(at, sample.message.find('\r', at) - at));
    }
    EXPECT_EQ(ids.size(), samples.size());
  }
}

// RFC 5322 2.1.1, RFC 2047 2: only CRLF, lines of at most 78, ASCII.
TEST(Samples, LinesAreShortAsciiWithCrlf) {
  for (const auto language : {settings::Language::japanese, settings::Language::english}) {
    for (const auto& sample : make_samples(language, "Tue, 24 Nov 2026 19:40:00 +0000", "t1")) {
      std::istringstream lines(sample.message);
      for (std::string line; std::getline(lines, line);) {
        ASSERT_TRUE(line.ends_with('\r')) << line;
        EXPECT_LE(line.size(), 79U) << line;
        EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) {
          return static_cast<unsigned char>(c) < 0x80;
        })) << line;
      }
    }
  }
}

TEST(Samples, TheLargeOneIsLargeAndTheOthersAreNot) {
  for (const auto& sample : make_samples(settings::Language::japanese, "date", "t1")) {
    const bool is_large = sample.recipient == "toobig@sandbox.test";
    EXPECT_EQ(sample.message.size() > large_message, is_large) << sample.recipient;
  }
}

TEST(Samples, Base64AndEncodedWords) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encoded_header("Hello"), "Hello");
  EXPECT_EQ(encoded_header("写真"), "=?UTF-8?B?5YaZ55yf?=");
  const auto folded = encoded_header("納期のご連絡とお見積りの件について、来週の打ち合わせ");
  EXPECT_THAT(folded, HasSubstr("?=\r\n =?UTF-8?B?"));
}

TEST(Layout, JapaneseTakesTwoColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("届く"), 4U);
  EXPECT_EQ(display_width("「OK」。"), 8U);
  EXPECT_EQ(display_width("\xE5\xFF"), 2U) << "broken bytes are counted, not trusted";
  EXPECT_EQ(padded("届く", 6) + "|", "届く  |");
  EXPECT_EQ(padded("longer", 3), "longer");
}

TEST(Layout, WrapsAtSpacesAndBetweenJapanese) {
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("あいうえお", 4), ElementsAre("あい", "うえ", "お"));
  EXPECT_THAT(wrap("a\n\nb", 10), ElementsAre("a", "", "b"));
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrap("ab abcdefgh x", 5), ElementsAre("ab", "abcde", "fgh x"));
}

TEST(Layout, KeepsMarksWhereTheyBelong) {
  EXPECT_THAT(wrap("あい。う", 4), ElementsAre("あ", "い。", "う"));
  EXPECT_THAT(wrap("あ「い」", 4), ElementsAre("あ", "「い", "」"))
      << "a word that is too long for the line is cut all the same";
  EXPECT_THAT(wrap("ああ (abc) い", 8), ElementsAre("ああ", "(abc) い"));
  EXPECT_THAT(wrap("あのメールは", 8), ElementsAre("あの", "メールは"));
}

void expect_narrow(const std::string& text, const std::string& what) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), terminal_columns) << what << ": " << line;
    EXPECT_THAT(line, Not(HasSubstr("demo."))) << "a sentence is missing";
    EXPECT_THAT(line, Not(HasSubstr("{"))) << "a parameter is missing";
    EXPECT_FALSE(line.ends_with(' ')) << what << ": " << line;
  }
}

Sent answer_to(const Sample& sample) {
  Sent sent;
  sent.took = std::chrono::milliseconds(1234);
  sent.reply = recipient_reply(sample.recipient, sample.message.size(), false);
  sent.reply.text +=
      "\n送信サーバー (127.0.0.1:41234) が受け取りませんでした。宛先を確かめてください。";
  return sent;
}

TEST(Report, FitsANarrowTerminalInBothLanguages) {
  for (const auto* language : {"ja", "en"}) {
    const auto catalog = catalog_of(language);
    const Look look{catalog};
    std::string all = welcome_text(look) + samples_heading(look, 6);
    Tally tally;
    const auto in =
        std::string(language) == "ja" ? settings::Language::japanese : settings::Language::english;
    for (const auto& sample : make_samples(in, "date", "t")) {
      const auto sent = answer_to(sample);
      tally.add(sample.recipient, sent);
      all += outcome_text(look, sample, sent);
    }
    Sent silent;
    silent.trouble = "the connection failed at: greeting";
    all += outcome_text(look, make_samples(in, "date", "t").front(), silent);
    all += summary_text(look, tally) + settings_text(look, 1587) + addresses_text(look) +
           staying_text(look) + goodbye_text(look);
    Received received{"demo@sandbox.test", {"ok@sandbox.test"}, 2048, {}, {250, "2.0.0", "Ok"}};
    all += received_text(look, received, "19:45:10");
    expect_narrow(all, language);
    EXPECT_EQ(all.find('\x1b'), std::string::npos);
    EXPECT_EQ(tally.unexpected, 0U);
    EXPECT_EQ(tally.accepted + tally.refused + tally.waiting, 6U);
  }
}

TEST(Report, ShowsTheServersOwnWordsAndWhatTheyMean) {
  const auto catalog = catalog_of("en");
  const auto samples = make_samples(settings::Language::english, "date", "t");
  const auto text = outcome_text(Look{catalog}, samples.at(1), answer_to(samples.at(1)));
  EXPECT_THAT(text, HasSubstr("[refused] nouser@sandbox.test  (1.2 s)"));
  EXPECT_THAT(text, HasSubstr("550 5.1.1 <nouser@sandbox.test>"));
  EXPECT_THAT(text, HasSubstr("check the spelling"));
}

TEST(Report, PeersCannotWriteToTheTerminal) {
  const auto catalog = catalog_of("en");
  Received received;
  received.sender = "a\x1b[2Jb@sandbox.test";
  received.recipients = {"\x1b]0;x\x07@sandbox.test"};
  const auto text = received_text(Look{catalog}, received, "19:45:10");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(Report, SizesForPeople) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(3277), "3.2 KB");
  EXPECT_EQ(size_text(5 * 1024 * 1024), "5.0 MB");
}

}  // namespace
}  // namespace todoku::demo
