// SPDX-License-Identifier: Apache-2.0
// How near one name is to another: by hand, by eye, by ear, and through the input method.
#include "proxy/addresses/confusables.hpp"
#include "proxy/addresses/deletion_index.hpp"
#include "proxy/addresses/distance.hpp"
#include "proxy/addresses/kana.hpp"
#include "proxy/addresses/sound.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace todoku::addresses {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(TypingCost, IsNothingForTheSame) {
  EXPECT_EQ(typing_cost("todoku", "todoku"), 0);
  EXPECT_EQ(typing_cost("", ""), 0);
}

TEST(TypingCost, OrdersSlipsByHowOftenTheyHappen) {
  const auto look_alike = typing_cost("t0doku", "todoku");
  const auto doubled = typing_cost("toddoku", "todoku");
  const auto swapped = typing_cost("tdooku", "todoku");
  const auto beside = typing_cost("tofoku", "todoku");
  const auto lost = typing_cost("tdoku", "todoku");
  const auto unrelated = typing_cost("tozoku", "todoku");
  EXPECT_LT(look_alike, doubled);
  EXPECT_LT(doubled, swapped);
  EXPECT_LT(swapped, beside);
  EXPECT_LT(beside, lost);
  EXPECT_LT(lost, unrelated);
}

TEST(TypingCost, SeesTwoLettersThatLookLikeOne) {
  EXPECT_LE(typing_cost("rnail", "mail"), typing_cost("1ist", "list"));
  EXPECT_LE(typing_cost("cloor", "door"), typing_cost("1ist", "list"));
  EXPECT_LE(typing_cost("idoud", "icloud"), typing_cost("1ist", "list"));
}

TEST(TypingCost, SeesALetterThatJumped) {
  EXPECT_LT(typing_cost("mila", "mail"), 2 * typing_cost("mial", "mail"));
}

TEST(TypingCost, GivesUpOnLongNames) {
  const std::string name(longest_compared + 1, 'a');
  EXPECT_EQ(typing_cost(name, name), too_far);
}

std::vector<DeletionIndex::Number> found_in(const DeletionIndex& index, std::string_view text) {
  std::vector<DeletionIndex::Number> found;
  index.search(text, found);
  std::ranges::sort(found);
  return found;
}

TEST(DeletionIndex, FindsWhatIsWithinReach) {
  DeletionIndex index(DeletionIndex::Reach::two);
  index.add("kaisha.example", 1);
  index.add("kaigai.example", 2);
  index.add("shop.example", 3);
  index.finish();
  EXPECT_THAT(found_in(index, "kaisha.example"), Contains(1));
  EXPECT_THAT(found_in(index, "kaisa.exmple"), Contains(1));      // two lost
  EXPECT_THAT(found_in(index, "kkaishaa.example"), Contains(1));  // two gained
  EXPECT_THAT(found_in(index, "kashia.example"), Contains(1));    // moved
  EXPECT_THAT(found_in(index, "shpo.example"), ElementsAre(3));
  EXPECT_THAT(found_in(index, "entirely.other"), IsEmpty());
}

TEST(DeletionIndex, ReachOfOneLetterFindsNoMore) {
  DeletionIndex index(DeletionIndex::Reach::one);
  index.add("kumagai", 7);
  index.finish();
  EXPECT_THAT(found_in(index, "kumgai"), ElementsAre(7));
  EXPECT_THAT(found_in(index, "kmgai"), IsEmpty());
}

TEST(DeletionIndex, LeavesLongNamesOutAndAnEmptyOneFindsNothing) {
  DeletionIndex index(DeletionIndex::Reach::two);
  EXPECT_THAT(found_in(index, "a"), IsEmpty());
  const std::string name(DeletionIndex::longest + 1, 'a');
  index.add(name, 1);
  index.finish();
  EXPECT_THAT(found_in(index, name), IsEmpty());
}

TEST(Sound, JapaneseSpellingsOfOneNameSoundAlike) {
  EXPECT_EQ(sound_of("globe"), sound_of("gurobu"));
  EXPECT_EQ(sound_of("softbank"), sound_of("sofutobanku"));
  EXPECT_EQ(sound_of("vodafone"), sound_of("bodahone"));
  EXPECT_EQ(sound_of("plala"), sound_of("purara"));
  EXPECT_EQ(sound_of("nifty"), sound_of("nifti"));
}

TEST(Sound, OtherNamesDoNot) {
  EXPECT_NE(sound_of("kawasaki"), sound_of("okazaki"));
  EXPECT_NE(sound_of("hitachi"), sound_of("hachi"));
}

TEST(InputMethod, ShowsKanaForLatinKeys) {
  EXPECT_EQ(shown_by_input_method("sakura.ne.jp"), "さくら.ね.jp");
  EXPECT_EQ(shown_by_input_method("outlook"), "おうtぉおk");
  EXPECT_EQ(shown_by_input_method("hokkaido"), "ほっかいど");
  EXPECT_EQ(shown_by_input_method("kyoto"), "きょと");
  EXPECT_EQ(shown_by_input_method("kanda"), "かんだ");
}

TEST(InputMethod, TheWayBackGivesKeys) {
  EXPECT_EQ(romaji_of("さくら"), "sakura");
  EXPECT_EQ(romaji_of("サクラ"), "sakura");
  EXPECT_EQ(romaji_of("ｻｸﾗ"), "sakura");
  EXPECT_EQ(romaji_of("ﾄﾞｺﾓ"), "dokomo");
  EXPECT_EQ(romaji_of("ヤフー"), "yahuu");
  EXPECT_EQ(romaji_of("おうtぉおk"), "outlook");
  EXPECT_EQ(romaji_of("abc.jp"), "abc.jp");
}

TEST(Look, ForeignLettersBecomeWhatTheyLookLike) {
  EXPECT_EQ(as_it_looks("k\u0430isha.j\u0440"), "kaisha.jp");  // Cyrillic
  EXPECT_EQ(as_it_looks("caf\u00E9.fr"), "cafe.fr");
  EXPECT_EQ(as_it_looks("会社.jp"), "会社.jp");
}

TEST(Look, OnlyAMixtureWithinALabelIsOdd) {
  EXPECT_TRUE(mixes_alphabets("k\u0430isha.jp"));
  EXPECT_FALSE(mixes_alphabets("\u043F\u043E\u0447\u0442\u0430.example"));
  EXPECT_FALSE(mixes_alphabets("caf\u00E9.fr"));
}

}  // namespace
}  // namespace todoku::addresses
