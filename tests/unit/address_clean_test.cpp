// SPDX-License-Identifier: Apache-2.0
// What pasting and the input method leave around and in an address, and what must stay.
#include "proxy/addresses/clean.hpp"
#include "proxy/addresses/unicode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace todoku::addresses {
namespace {

struct Case {
  const char* given;
  const char* wanted;
  Reason reason;
};

class CleanAddress : public testing::TestWithParam<Case> {};

TEST_P(CleanAddress, TakesOffWhatIsNoneOfIt) {
  const auto cleaned = clean(GetParam().given);
  EXPECT_EQ(cleaned.text, GetParam().wanted);
  EXPECT_EQ(code_of(cleaned.changed), code_of(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, CleanAddress,
    testing::Values(
        Case{"Kumagai Rin <rin@kaisha.example>", "rin@kaisha.example", Reason::pasted},
        Case{"<rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"rin@kaisha.example>", "rin@kaisha.example", Reason::pasted},
        Case{"mailto:rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"メール: rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"Ｅ－ｍａｉｌ：rin@kaisha.example", "rin@kaisha.example", Reason::full_width},
        Case{"「rin@kaisha.example」", "rin@kaisha.example", Reason::pasted},
        Case{"(rin@kaisha.example) 様", "rin@kaisha.example", Reason::pasted},
        Case{"rin@kaisha.example 御中", "rin@kaisha.example", Reason::pasted},
        Case{"熊谷凛（rin@kaisha.example）", "rin@kaisha.example", Reason::full_width},
        Case{"熊谷 rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"rin@kaisha.example (熊谷)", "rin@kaisha.example", Reason::pasted},
        Case{"mailto:rin@kaisha.example?subject=a", "rin@kaisha.example", Reason::pasted},
        Case{"`rin@kaisha.example`", "rin@kaisha.example", Reason::pasted},
        Case{"●rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"＊rin@kaisha.example", "rin@kaisha.example", Reason::pasted},
        Case{"\"rin@kaisha.example\"", "rin@kaisha.example", Reason::pasted},
        Case{"rin@kaisha.example;", "rin@kaisha.example", Reason::pasted},
        Case{"rin@kaisha.example.", "rin@kaisha.example", Reason::dots},
        Case{"rin@kaisha..example", "rin@kaisha.example", Reason::dots},
        Case{"rin@.kaisha.example", "rin@kaisha.example", Reason::dots},
        Case{" rin@kaisha.example", "rin@kaisha.example", Reason::blanks},
        Case{"rin@kaisha.example\t", "rin@kaisha.example", Reason::blanks},
        Case{"rin @ kaisha. example", "rin@kaisha.example", Reason::blanks},
        Case{"rin\u3000@kaisha.example", "rin@kaisha.example", Reason::blanks},
        Case{"\uFEFFrin@kaisha.example", "rin@kaisha.example", Reason::blanks},
        Case{"rin@kai\u200Bsha.example", "rin@kaisha.example", Reason::blanks},
        Case{"ｒｉｎ＠ｋａｉｓｈａ．ｅｘａｍｐｌｅ", "rin@kaisha.example", Reason::full_width},
        Case{"rin@kaisha。example", "rin@kaisha.example", Reason::wrong_stop},
        Case{"rin@kaisha・example", "rin@kaisha.example", Reason::wrong_stop},
        Case{"rin@kaisha､example", "rin@kaisha.example", Reason::wrong_stop},
        Case{"rin@kaisha,example", "rin@kaisha.example", Reason::wrong_stop},
        Case{"rin@kaiーsha.example", "rin@kai-sha.example", Reason::wrong_stop},
        Case{"rin@#kaisha.example", "rin@kaisha.example", Reason::dots}));

class StaysAsItIs : public testing::TestWithParam<const char*> {};

TEST_P(StaysAsItIs, Unchanged) {
  const auto cleaned = clean(GetParam());
  EXPECT_EQ(cleaned.text, GetParam());
  EXPECT_EQ(cleaned.changed, Reason::none);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StaysAsItIs,
                         testing::Values("rin@kaisha.example", "rin..k.@kaisha.example",
                                         "\"rin@home\"@kaisha.example", "\"a b\"@kaisha.example",
                                         "rin@[192.0.2.7]", "{rin}@kaisha.example",
                                         "#$%&'*+/=?^_`{|}~-@kaisha.example",
                                         "ジョン・スミス@kaisha.example", "熊谷@会社.example",
                                         "O'Hara@kaisha.example", ""));

TEST(CleanAddress, IsNeverLongerThanWhatWasGiven) {
  const std::vector<std::string> odd{"<<<<@@@@>>>>",  "。。。。@。。。。", "「「「@",    "様様様様",
                                     "\xFF\xFE@\x80", "\"\"\"\"@\"",       ": : : @ : :"};
  for (const auto& text : odd) EXPECT_LE(clean(text).text.size(), text.size()) << text;
}

TEST(AddressLetters, ReadsAndWritesUtf8) {
  const std::string text = "aé語😀";
  std::string again;
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = letter_at(text, i);
    EXPECT_TRUE(letter.is_valid);
    append(again, letter.code);
    i += letter.size;
  }
  EXPECT_EQ(again, text);
  EXPECT_EQ(last_letter(text).code, 0x1F600U);
  EXPECT_TRUE(is_utf8(text));
}

TEST(AddressLetters, BrokenUtf8IsTold) {
  for (const char* text : {"\xC0\x80", "\xED\xA0\x80", "\xE3\x81", "\xFF", "\xF4\x90\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_FALSE(letter_at(text, 0).is_valid);
    EXPECT_EQ(last_letter(text).size, 1U);
  }
}

}  // namespace
}  // namespace todoku::addresses
