// SPDX-License-Identifier: Apache-2.0
// What history and DNS add to what the text of an address says.
#include "proxy/addresses/checker.hpp"
#include "proxy/addresses/correspondents.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace todoku::addresses {
namespace {

Checker small_checker() {
  Data data;
  data.targets.push_back({"bigmail.co.jp", 1, Dots::unknown, false, false, false});
  data.endings = {"com", "co.jp", "jp"};
  data.organisations = {"co", "ne", "or"};
  return Checker(std::move(data));
}

Correspondents people() {
  return Correspondents({{"kumagai@koinca-shoji.co.jp", 12},
                         {"sora@koinca-shoji.co.jp", 1},
                         {"rin@bigmial.co.jp", 1},
                         {"Old.Friend@Bigmail.co.jp", 4},
                         {"taro1@koinca-shoji.co.jp", 9}});
}

Finding checked(std::string_view address, Dns dns = Dns::unknown) {
  auto facts = people().facts_of(address);
  facts.dns = dns;
  return small_checker().check(address, facts);
}

TEST(AddressHistory, WhoWasWrittenToIsNeverFlagged) {
  EXPECT_EQ(small_checker().check("rin@bigmial.co.jp").verdict, Verdict::typo);
  EXPECT_EQ(checked("rin@bigmial.co.jp").verdict, Verdict::ok);
  EXPECT_EQ(checked("RIN@BigMial.co.jp").verdict, Verdict::ok);
}

TEST(AddressHistory, AnyoneAtADomainWrittenToIsNoSlipOfItsName) {
  EXPECT_EQ(checked("someone@bigmial.co.jp").verdict, Verdict::ok);
}

TEST(AddressHistory, ASlipAwayFromAFrequentDomainIsFlagged) {
  const auto finding = checked("newcomer@koinca-shjoi.co.jp");
  EXPECT_EQ(finding.verdict, Verdict::typo);
  EXPECT_EQ(finding.suggestion, "newcomer@koinca-shoji.co.jp");
  EXPECT_EQ(finding.reason, Reason::near_correspondent);
}

TEST(AddressHistory, ASlipAwayFromAFrequentPersonIsFlagged) {
  const auto finding = checked("kumgai@koinca-shoji.co.jp");
  EXPECT_EQ(finding.suggestion, "kumagai@koinca-shoji.co.jp");
  EXPECT_EQ(finding.reason, Reason::near_correspondent);
}

TEST(AddressHistory, OtherPeopleAreNotSlips) {
  EXPECT_EQ(checked("taro2@koinca-shoji.co.jp").verdict, Verdict::ok);  // a number
  EXPECT_EQ(checked("soara@koinca-shoji.co.jp").verdict,
            Verdict::ok);  // near one who is not frequent
  EXPECT_EQ(checked("kumada@koinca-shoji.co.jp").verdict, Verdict::ok);  // another name
}

TEST(AddressHistory, MemoryStaysSmallForAnyHistory) {
  std::vector<Correspondent> many;
  for (std::size_t i = 0; i < 3 * Correspondents::most_frequent; ++i)
    many.push_back({"person" + std::to_string(i) + "@koinca.co.jp", 5});
  const Correspondents all(std::move(many));
  EXPECT_TRUE(all.facts_of("person14999@koinca.co.jp").was_written_to);
}

TEST(AddressHistory, OddTextIsNobody) {
  for (const char* text : {"", "@", "koinca", "@koinca.co.jp", "a@b@c"}) {
    const auto facts = people().facts_of(text);
    EXPECT_FALSE(facts.was_written_to) << text;
    EXPECT_EQ(facts.near_correspondent, "") << text;
  }
}

TEST(AddressDns, ADomainThatDoesNotExistIsCertain) {
  const auto finding = checked("rin@koinca.jp", Dns::no_such_name);
  EXPECT_EQ(finding.verdict, Verdict::invalid);
  EXPECT_EQ(finding.reason, Reason::no_such_domain);
  EXPECT_EQ(finding.sureness, Sureness::certain);
}

TEST(AddressDns, ThenFartherNamesAreOffered) {
  EXPECT_EQ(checked("rin@bxgmaxl.co.jp").verdict, Verdict::ok);
  EXPECT_EQ(checked("rin@bxgmaxl.co.jp", Dns::no_such_name).suggestion, "rin@bigmail.co.jp");
  EXPECT_EQ(checked("rin@bxxmaxl.co.jp", Dns::no_such_name).suggestion, "");
}

TEST(AddressDns, ADomainWithoutMailIsTold) {
  EXPECT_EQ(checked("rin@koinca.jp", Dns::null_mx).reason, Reason::refuses_mail);
  EXPECT_EQ(checked("rin@koinca.jp", Dns::no_mail_host).reason, Reason::no_mail_host);
}

TEST(AddressDns, NoAnswerIsNoEvidenceAndAnMxClearsNothing) {
  EXPECT_EQ(checked("rin@koinca.jp", Dns::unknown).verdict, Verdict::ok);
  EXPECT_EQ(checked("rin@koinca.jp", Dns::exists).verdict, Verdict::ok);
  const auto squat = checked("rin@bigmaill.co.jp", Dns::exists);
  EXPECT_EQ(squat.verdict, Verdict::typo);
  EXPECT_EQ(squat.sureness, Sureness::likely);
  EXPECT_EQ(checked("rin@bigmaill.co.jp", Dns::no_such_name).sureness, Sureness::certain);
}

}  // namespace
}  // namespace todoku::addresses
