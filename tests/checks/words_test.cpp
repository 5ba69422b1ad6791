// SPDX-License-Identifier: Apache-2.0
// Words: who a letter greets, what the sender wrote now, what is looked for in it.
#include "proxy/checks/greeting.hpp"
#include "proxy/checks/own_password.hpp"
#include "proxy/checks/own_words.hpp"
#include "tests/checks/check_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::checks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Greeting, NamesCompanyAndPerson) {
  for (const auto* text :
       {"青空商事株式会社\n営業部 山田 様\n\n本文です。", "株式会社青空商事　山田様\n",
        "（株）青空商事 山田様", "青空商事㈱\n山田様"}) {
    const auto greeting = greeting_of(text, shipped_lists());
    EXPECT_THAT(greeting.companies, ElementsAre("青空商事")) << text;
    EXPECT_THAT(greeting.people, ElementsAre("山田")) << text;
  }
  EXPECT_THAT(greeting_of("株式会社青空商事 御中", shipped_lists()).companies,
              ElementsAre("青空商事"));
}

TEST(Greeting, TheSendersOwnCompanyIsNone) {
  for (const auto* text :
       {"お世話になっております。株式会社港商会の佐藤です。", "各位\n\n株式会社港商会の佐藤です。",
        "皆様\nお疲れさまです。", "ご担当者様\n", "山田部長様\n", "Dear Mr. Yamada,"}) {
    const auto greeting = greeting_of(text, shipped_lists());
    EXPECT_THAT(greeting.companies, IsEmpty()) << text;
    EXPECT_THAT(greeting.people, IsEmpty()) << text;
  }
}

TEST(OwnWords, EndWhereOthersBegin) {
  const auto own = [](std::string_view text) {
    std::string storage;
    return std::string(own_words(text, shipped_lists(), storage));
  };
  EXPECT_EQ(own("a\n> b\nc\n"), "a\nc\n");
  EXPECT_EQ(own("a\n-- \nname\n"), "a\n");
  EXPECT_EQ(own("a\nOn Monday Taro wrote:\nb\n"), "a\n");
  EXPECT_EQ(own("a\n-----Original Message-----\nb\n"), "a\n");
  EXPECT_EQ(own("a\n差出人: b\nc\n"), "a\n");
  EXPECT_EQ(own("a\n────────────\nname\n"), "a\n");
  EXPECT_EQ(own("────────────\na\n"), "────────────\na\n");
  EXPECT_EQ(own("> a\nb\n"), "b\n");
  EXPECT_EQ(own("> a\n────────────\nb\n> c\nd\n-- \ne"), "────────────\nb\nd\n");
  EXPECT_EQ(own("\n> a\n"), "\n");
  EXPECT_EQ(own(""), "");
}

TEST(OwnWords, OfHtmlEndAtTheQuotation) {
  const auto own = own_words_of_html(
      "<p>mine</p><div class=\"gmail_quote\"><blockquote>theirs</blockquote></div>",
      shipped_lists());
  EXPECT_THAT(own, testing::HasSubstr("mine"));
  EXPECT_THAT(own, testing::Not(testing::HasSubstr("theirs")));
}

TEST(OwnPassword, IsFoundAsAWholeWord) {
  EXPECT_EQ(find_password("pass:kamome-2031", "kamome-2031"), 5U);
  EXPECT_EQ(find_password("パスワードはkamome-2031です", "kamome-2031"), 18U);
  EXPECT_EQ(find_password("kamome-20312 kamome-2031", "kamome-2031"), 13U);
  EXPECT_EQ(find_password("xkamome-2031", "kamome-2031"), std::string_view::npos);
  EXPECT_EQ(find_password("KAMOME-2031", "kamome-2031"), std::string_view::npos);
}

TEST(OwnPassword, ThatIsAnOrdinaryWordIsNotLookedFor) {
  EXPECT_EQ(find_password("sakura blooms", "sakura"), std::string_view::npos);
  EXPECT_EQ(find_password("room 12345", "12345"), std::string_view::npos);
  EXPECT_EQ(find_password("", "kamome-2031"), std::string_view::npos);
  EXPECT_EQ(find_password("text", ""), std::string_view::npos);
}

TEST(WordSet, FindsWholeWordsWhateverTheirCase) {
  const WordSet words({"find attached", "添付します", "draft"});
  const auto at = [&words](std::string_view text) {
    const auto hit = words.find(text);
    return hit ? hit->at : std::string_view::npos;
  };
  EXPECT_EQ(at("Please Find Attached it"), 7U);
  EXPECT_EQ(at("ご確認ください。添付しますので"), std::string_view("ご確認ください。").size());
  EXPECT_EQ(at("overdrafts, drafty"), std::string_view::npos);
  EXPECT_EQ(at("a draft"), 2U);
  EXPECT_EQ(at("dra"), std::string_view::npos);
  EXPECT_FALSE(WordSet().find("anything"));
}

// The first of the words at or behind from; of several at one place the first of the list.
std::pair<std::size_t, std::string> plain_search(std::string_view text,
                                                 const std::vector<std::string>& words,
                                                 std::size_t from) {
  std::pair<std::size_t, std::string> first{std::string::npos, ""};
  for (const auto& word : words) {
    const auto at = find_whole_word(text, word, from);
    if (at < first.first) first = {at, word};
  }
  return first;
}

// The leaps of the search may never pass over a word, nor may a later word hide an earlier one.
TEST(WordSet, FindsWhatAPlainSearchFinds) {
  // The last three are looked for at other pieces than their beginnings.
  const std::vector<std::string> words{"draft",    "rafting",    "添付",   "付し",
                                       "drdrdr",   "付drink12",  "添付し", "at draft",
                                       "a付draft", "付draft付付"};
  constexpr std::array<std::string_view, 11> pieces{"dr", "At", "A",  "draft",   "添",        "付",
                                                    "し", " ",  "ft", "rafting", "a付draft付"};
  std::mt19937 chance(7);
  for (const auto count : {words.size(), std::size_t{2}, std::size_t{1}}) {
    const std::vector<std::string> some(words.begin(),
                                        words.begin() + static_cast<std::ptrdiff_t>(count));
    const WordSet set(some);
    for (int round = 0; round < 20'000; ++round) {
      std::string text;
      for (auto left = chance() % 20; left > 0; --left) text += pieces[chance() % pieces.size()];
      for (std::size_t from = 0; from <= text.size(); ++from) {
        const auto [at, word] = plain_search(text, some, from);
        const auto hit = set.find(text, from);
        ASSERT_EQ(hit ? hit->at : std::string::npos, at) << text << " from " << from;
        ASSERT_EQ(hit ? *hit->word : "", word) << text << " from " << from;
        from = std::min(at, text.size());
      }
    }
  }
}

TEST(Keywords, EachIsToldOnceWithItsFirstPlace) {
  const auto skeleton = skeleton::read(
      "From: a@minato.example\r\nTo: b@aozora.example\r\nSubject: nda\r\nContent-Type: text/plain; "
      "charset=utf-8\r\n\r\n秘密です。NDA と draft、draft\r\n");
  settings::Checks settings;
  settings.watched_words = {"NDA", "秘密", "draft", "none"};
  const auto verdict = judge({settings, shipped_lists()}, skeleton, envelope_of(skeleton), Facts{});
  ASSERT_EQ(verdict.findings.size(), 3U);
  EXPECT_EQ(verdict.findings[0].place.header, "Subject");
  EXPECT_EQ(verdict.findings[1].parameters[0].second, "秘密");
  EXPECT_EQ(verdict.findings[1].place.character, 1U);
  EXPECT_EQ(verdict.findings[2].place.character, 12U);
}

// A desk is there for all messages.
TEST(Keywords, AreLookedForInEachMessageOfOneDesk) {
  settings::Checks settings;
  settings.watched_words = {"NDA", "draft"};
  const Desk desk(settings, shipped_lists());
  for (const std::string subject : {"the nda", "Draft 2", "lunch", "an NDA, a draft"}) {
    const auto skeleton =
        skeleton::read("From: a@minato.example\r\nTo: b@aozora.example\r\nSubject: " + subject +
                       "\r\n\r\nHello\r\n");
    const auto envelope = envelope_of(skeleton);
    const auto codes = [](const Verdict& verdict) {
      std::vector<std::string> out;
      for (const auto& finding : verdict.findings)
        if (finding.check == Check::keywords) out.push_back(finding.parameters.at(0).second);
      return out;
    };
    EXPECT_EQ(codes(judge(desk, skeleton, envelope, Facts{})),
              codes(judge({settings, shipped_lists()}, skeleton, envelope, Facts{})));
    EXPECT_EQ(codes(judge(desk, skeleton, envelope, Facts{})).size(), subject == "lunch" ? 0U
                                                                      : subject == "an NDA, a draft"
                                                                          ? 2U
                                                                          : 1U);
  }
}

TEST(People, AreReadAsHeadersWriteThem) {
  const auto found = mailboxes(
      "\"Yamada, Kenichi\" <yamada@aozora.example>, sales@minato.example (Sales),\t"
      "team: a@b.example, <c@d.example>;, =?UTF-8?B?5L2Q6Jek?= <sato@minato.example>");
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].name, "Yamada, Kenichi");
  EXPECT_EQ(found[0].address, "yamada@aozora.example");
  EXPECT_EQ(found[1].address, "sales@minato.example");
  EXPECT_EQ(found[2].address, "a@b.example");
  EXPECT_EQ(found[4].name, "佐藤");
}

}  // namespace
}  // namespace todoku::checks
