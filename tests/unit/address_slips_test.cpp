// SPDX-License-Identifier: Apache-2.0
// The shipped check on whole addresses: each kind of slip and what was meant, and what is right
// although it looks odd.
#include "config/embedded.hpp"
#include "proxy/addresses/checker.hpp"

#include <gtest/gtest.h>

#include <string>

namespace todoku::addresses {
namespace {

Data shipped_data() {
  Data data;
  std::vector<DataMistake> mistakes;
  read_targets(config::embedded("addresses/targets.toml"), data, mistakes);
  read_endings(config::embedded("addresses/endings.toml"), data, mistakes);
  for (const auto& one : mistakes) ADD_FAILURE() << one.file << ":" << one.line << " " << one.what;
  return data;
}

const Checker& with_known() {
  static const Checker checker([] {
    auto data = shipped_data();
    data.known = config::embedded("addresses/known.txt");
    return data;
  }());
  return checker;
}

const Checker& without_known() {
  static const Checker checker(shipped_data());
  return checker;
}

struct Slip {
  const char* given;
  const char* meant;
};

class AddressSlip : public testing::TestWithParam<Slip> {};

TEST_P(AddressSlip, IsFoundAndPutRight) {
  const auto finding = with_known().check(GetParam().given);
  EXPECT_EQ(finding.verdict, Verdict::typo) << GetParam().given;
  EXPECT_EQ(finding.suggestion, GetParam().meant);
  EXPECT_NE(finding.reason, Reason::none);
}

INSTANTIATE_TEST_SUITE_P(Keys, AddressSlip,
                         testing::Values(Slip{"rin@gnail.com", "rin@gmail.com"},
                                         Slip{"rin@yagoo.co.jp", "rin@yahoo.co.jp"},
                                         Slip{"rin@dovomo.ne.jp", "rin@docomo.ne.jp"},
                                         Slip{"rin@sotbank.ne.jp", "rin@softbank.ne.jp"},
                                         Slip{"rin@icoud.com", "rin@icloud.com"},
                                         Slip{"rin@outlokk.jp", "rin@outlook.jp"},
                                         Slip{"rin@bglobe.ne.jp", "rin@biglobe.ne.jp"},
                                         Slip{"rin@livw.jpp", "rin@livw.jp"},
                                         Slip{"rin@onc.ne.jp", "rin@ocn.ne.jp"},
                                         Slip{"rin@cojm.home.ne.jp", "rin@jcom.home.ne.jp"},
                                         Slip{"rin@koinca.co.jpp", "rin@koinca.co.jp"}));

INSTANTIATE_TEST_SUITE_P(
    Endings, AddressSlip,
    testing::Values(
        Slip{"rin@koinca.co.jo", "rin@koinca.co.jp"}, Slip{"rin@koinca.vo.jp", "rin@koinca.co.jp"},
        Slip{"rin@koinca.cojp", "rin@koinca.co.jp"}, Slip{"rin@koinca.cpm", "rin@koinca.com"},
        Slip{"rin@koinca.comm", "rin@koinca.com"}, Slip{"rin@koincacom", "rin@koinca.com"},
        Slip{"rin@koinca.co.jp.jp", "rin@koinca.co.jp"},
        Slip{"rin@koinca.ne.ne.jp", "rin@koinca.ne.jp"},
        Slip{"rin@koinca.ac.hp", "rin@koinca.ac.jp"}, Slip{"rin@koinca.couk", "rin@koinca.co.uk"},
        Slip{"rin@town.koinca.kg.jp", "rin@town.koinca.lg.jp"},
        Slip{"rin@biglobe.ne", "rin@biglobe.ne.jp"}, Slip{"rin@docomo.co.jp", "rin@docomo.ne.jp"},
        Slip{"rin@gmail.co.jp", "rin@gmail.com"}, Slip{"rin@ezweb.ne.com", "rin@ezweb.ne.jp"}));

INSTANTIATE_TEST_SUITE_P(Below, AddressSlip,
                         testing::Values(Slip{"rin@lilac.onc.ne.jp", "rin@lilac.ocn.ne.jp"},
                                         Slip{"rin@lilacplala.or.jp", "rin@lilac.plala.or.jp"},
                                         Slip{"rin@lilac.palla.or.jp", "rin@lilac.plala.or.jp"},
                                         Slip{"rin@ab3.so-net.ne", "rin@ab3.so-net.ne.jp"},
                                         Slip{"rin@lilac,plala.or.jp", "rin@lilac.plala.or.jp"}));

INSTANTIATE_TEST_SUITE_P(EyeAndEar, AddressSlip,
                         testing::Values(Slip{"rin@outl0ok.com", "rin@outlook.com"},
                                         Slip{"rin@hotmai1.co.jp", "rin@hotmail.co.jp"},
                                         Slip{"rin@d\u043Ecomo.ne.jp", "rin@docomo.ne.jp"},
                                         Slip{"rin@ko\u0456nca.jp", "rin@koinca.jp"},
                                         Slip{"rin@sofutobank.ne.jp", "rin@softbank.ne.jp"},
                                         Slip{"rin@aikuraudo.com", "rin@icloud.com"},
                                         Slip{"rin@やほお.co.jp", "rin@yahoo.co.jp"},
                                         Slip{"rin@ヤフー.co.jp", "rin@yahoo.co.jp"},
                                         Slip{"rin@こいんか.co.jp", "rin@koinka.co.jp"},
                                         Slip{"rin@ｇまいｌ。ｃｏｍ", "rin@gmail.com"}));

INSTANTIATE_TEST_SUITE_P(TheAt, AddressSlip,
                         testing::Values(Slip{"rin@@koinca.co.jp", "rin@koinca.co.jp"},
                                         Slip{"rin@koinca.jp@koinca.jp", "rin@koinca.jp"},
                                         Slip{"rin@koinca.jp@", "rin@koinca.jp"},
                                         Slip{"rin\"softbank.ne.jp", "rin@softbank.ne.jp"},
                                         Slip{"rin2icloud.com", "rin@icloud.com"},
                                         Slip{"rin[at]koinca.co.jp", "rin@koinca.co.jp"},
                                         Slip{"rinあっとkoinca.co.jp", "rin@koinca.co.jp"},
                                         Slip{"rin◎koinca.co.jp", "rin@koinca.co.jp"},
                                         Slip{"rin.k.gmail.com", "rin.k@gmail.com"},
                                         Slip{"rinocn.ne.jp", "rin@ocn.ne.jp"},
                                         Slip{"rin＠koinca.co.jp", "rin@koinca.co.jp"}));

INSTANTIATE_TEST_SUITE_P(BeforeTheAt, AddressSlip,
                         testing::Values(Slip{"rin..k@gmail.com", "rin.k@gmail.com"},
                                         Slip{".rin@outlook.jp", "rin@outlook.jp"},
                                         Slip{"Rin.@gmial.com", "Rin@gmail.com"}));

class RightAddress : public testing::TestWithParam<const char*> {};

TEST_P(RightAddress, IsLeftAloneWithoutAnyList) {
  const auto finding = without_known().check(GetParam());
  EXPECT_EQ(finding.verdict, Verdict::ok)
      << GetParam() << " -> " << finding.suggestion << " " << code_of(finding.reason);
}

INSTANTIATE_TEST_SUITE_P(Carriers, RightAddress,
                         testing::Values("rin..k.@docomo.ne.jp", ".rin@ezweb.ne.jp",
                                         "r...n@softbank.ne.jp", "rin.-@k.vodafone.ne.jp",
                                         "-rin-@au.com", "rin/k@docomo.ne.jp"));
INSTANTIATE_TEST_SUITE_P(Families, RightAddress,
                         testing::Values("rin@yahoo.fr", "rin@yahoo.com.sg", "rin@hotmail.it",
                                         "rin@outlook.kr", "rin@live.co.uk", "rin@gmx.de",
                                         "rin@yahoo.ne.jp", "rin@softbank.jp", "rin@kcn.ne.jp",
                                         "rin@mac.com", "rin@ymail.com", "rin@email.com"));
INSTANTIATE_TEST_SUITE_P(
    Houses, RightAddress,
    testing::Values("rin@koinca.co.jp", "rin@koinca.ne.jp", "rin@cs.koinca-u.ac.jp",
                    "rin@city.hakodate.hokkaido.jp", "rin@vill.otoineppu.hokkaido.jp",
                    "rin@pref.nara.jp", "rin@town.rausu.lg.jp", "rin@nic.ad.jp", "rin@hp.com",
                    "rin@lg.com", "rin@x.com", "rin@t.co", "rin@mit.edu", "rin@cam.ac.uk",
                    "rin@koinca.com.jo", "rin@koinca.edu.om", "rin@koinca.co.za",
                    "rin@koinca.com.bd", "rin@mail.koinca.io", "rin@koinca.photography",
                    "rin@lilac.ocn.ne.jp", "rin@ab3.so-net.ne.jp", "rin@never.example.org"));
INSTANTIATE_TEST_SUITE_P(Letters, RightAddress,
                         testing::Values("rin@函館.jp", "rin@xn--bbry84o.jp", "rin@さくら.jp",
                                         "rin@さくら.みんな", "rin@münchen.de", "rin@почта.рф",
                                         "熊谷@koinca.co.jp", "rín@koinca.com",
                                         "くまがい@koinca.jp"));
INSTANTIATE_TEST_SUITE_P(LocalParts, RightAddress,
                         testing::Values("RIN@KOINCA.CO.JP", "Rin@Gmail.com", "rin+shop@gmail.com",
                                         "\"rin@home\"@koinca.co.jp", "rin@[192.0.2.7]",
                                         "rin@[IPv6:2001:db8::7]", "{rin}@koinca.jp",
                                         "SRS0=abc=de=example.org=rin@koinca.jp", "0@q.com",
                                         "1234@koinca.jp", "rin%home@koinca.jp"));

struct Wrong {
  const char* given;
  Reason reason;
};

class ImpossibleAddress : public testing::TestWithParam<Wrong> {};

TEST_P(ImpossibleAddress, IsToldWithItsReason) {
  const auto finding = with_known().check(GetParam().given);
  EXPECT_EQ(finding.verdict, Verdict::invalid) << finding.suggestion;
  EXPECT_EQ(code_of(finding.reason), code_of(GetParam().reason));
  EXPECT_EQ(finding.suggestion, "");
}

INSTANTIATE_TEST_SUITE_P(Kinds, ImpossibleAddress,
                         testing::Values(Wrong{"", Reason::not_an_address},
                                         Wrong{"なし", Reason::not_an_address},
                                         Wrong{"https://koinca.co.jp/", Reason::not_an_address},
                                         Wrong{"@koinca.co.jp", Reason::nothing_before_at},
                                         Wrong{"rin@", Reason::nothing_after_at},
                                         Wrong{"rin@koinca.jp;sora@koinca.jp", Reason::several},
                                         Wrong{"rin k@koinca.jp", Reason::bad_before_at},
                                         Wrong{"rin\xFF@koinca.jp", Reason::bad_before_at},
                                         Wrong{"rin@koin_ca.jp", Reason::bad_domain},
                                         Wrong{"rin@-koinca.jp", Reason::bad_domain},
                                         Wrong{"rin@192.0.2.7", Reason::bad_domain},
                                         Wrong{"rin@xn--a.jp", Reason::bad_domain},
                                         Wrong{"rin@koinca", Reason::bad_domain},
                                         Wrong{"rin@koinca.nosuchtld", Reason::unknown_ending},
                                         Wrong{"rin@or.jp", Reason::only_an_ending},
                                         Wrong{"rin@com", Reason::bad_domain}));

TEST(AddressCheck, ListedTyposquatsAreNotTakenForReal) {
  for (const char* domain : {"gmial.com", "hotmai.com", "yaho.com", "outlok.com"})
    EXPECT_EQ(with_known().check(std::string("rin@") + domain).verdict, Verdict::typo) << domain;
}

TEST(AddressCheck, KnownDomainsAreLeftAloneOnlyWithTheList) {
  EXPECT_EQ(without_known().check("rin@infoseek.com").verdict, Verdict::typo);
  EXPECT_EQ(with_known().check("rin@infoseek.com").verdict, Verdict::ok);
}

TEST(AddressCheck, OffersASecondWhenTwoAreEquallyNear) {
  const auto finding = with_known().check("rin@ymobil.ne.jp");
  EXPECT_EQ(finding.suggestion, "rin@ymobile.ne.jp");
  const auto two = with_known().check("rin@y.mobile.ne.jp");
  EXPECT_EQ(two.verdict, Verdict::typo);
}

TEST(AddressCheck, AMemoryChangesNothingButTheTime) {
  DomainMemory memory;
  for (int round = 0; round < 2; ++round) {
    const auto finding = with_known().check("rin@gmial.com", {}, &memory);
    EXPECT_EQ(finding.suggestion, "rin@gmail.com");
    EXPECT_EQ(with_known().check("rin..k@gmail.com", {}, &memory).suggestion, "rin.k@gmail.com");
  }
}

TEST(AddressCheck, LongTextCostsLittleAndIsTold) {
  std::string repeated = "rin@";
  for (int i = 0; i < 5'000; ++i) repeated += "ne.";
  for (const auto& text : {repeated + "jp", std::string(1'000'000, '@'), std::string(999, 'a'),
                           "rin@" + std::string(990, 'a'), std::string(900, '2') + "gmail.com"})
    EXPECT_EQ(with_known().check(text).verdict, Verdict::invalid);
}

}  // namespace
}  // namespace todoku::addresses
