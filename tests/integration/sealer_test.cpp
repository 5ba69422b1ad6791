// SPDX-License-Identifier: Apache-2.0
// Sealing: what was sealed opens again, and whatever is not exactly that does not.
#include "proxy/store/sealer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace todoku::store {
namespace {

namespace errc = boost::system::errc;

std::shared_ptr<const Sealer> sealer(char fill = 'k') {
  return Sealer::with_key(wire::Secret(std::string(Sealer::key_size, fill)));
}

TEST(SealerTest, TextOpensAgainAndIsHidden) {
  const auto gcm = sealer();
  EXPECT_TRUE(gcm->encrypts());
  for (const std::string& text : {std::string(), std::string("x"), std::string(10'000, 's')}) {
    const std::string sealed = gcm->seal(text, "messages.subject M1");
    if (text.size() > 1) {
      EXPECT_EQ(sealed.find(text.substr(0, 8)), std::string::npos);
    }
    const auto opened = gcm->open(sealed, "messages.subject M1");
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(*opened, text);
  }
}

TEST(SealerTest, TheSameTextLooksDifferentEachTime) {
  const auto gcm = sealer();
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(gcm->seal("same", "a"));
  EXPECT_EQ(seen.size(), 100U);
}

TEST(SealerTest, EveryChangedBitIsNoticed) {
  const auto gcm = sealer();
  const std::string sealed = gcm->seal("amount: 100", "a");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(gcm->open(changed, "a").has_value()) << "bit " << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_FALSE(gcm->open(sealed.substr(0, size), "a").has_value()) << size << " bytes";
  }
  EXPECT_FALSE(gcm->open(sealed + "x", "a").has_value());
  EXPECT_EQ(gcm->open("garbage", "a").error(), errc::bad_message);
}

TEST(SealerTest, AnotherPlaceOrAnotherKeyDoesNotOpen) {
  const std::string sealed = sealer()->seal("text", "subject M1");
  EXPECT_FALSE(sealer()->open(sealed, "subject M2").has_value());
  EXPECT_FALSE(sealer('x')->open(sealed, "subject M1").has_value());
  EXPECT_TRUE(sealer()->open(sealed, "subject M1").has_value()) << "a second start, the same key";
}

TEST(SealerTest, ChunksAreBoundToBodyPlaceAndEnd) {
  const auto gcm = sealer();
  const std::string bytes(Sealer::chunk_size, 'b');
  const std::string sealed = gcm->seal_chunk(bytes, "M1", 3, false);
  EXPECT_EQ(sealed.size(), bytes.size() + Sealer::overhead);
  EXPECT_EQ(gcm->open_chunk(sealed, "M1", 3, false).value(), bytes);
  EXPECT_FALSE(gcm->open_chunk(sealed, "M2", 3, false).has_value());
  EXPECT_FALSE(gcm->open_chunk(sealed, "M1", 4, false).has_value());
  EXPECT_FALSE(gcm->open_chunk(sealed, "M1", 3, true).has_value());
  EXPECT_FALSE(gcm->open_chunk(sealed.substr(1), "M1", 3, false).has_value());
  EXPECT_FALSE(gcm->open_chunk("short", "M1", 3, false).has_value());
  EXPECT_FALSE(sealer('x')->open_chunk(sealed, "M1", 3, false).has_value());
  EXPECT_EQ(gcm->open_chunk(gcm->seal_chunk("", "M1", 0, true), "M1", 0, true).value(), "");
}

TEST(SealerTest, FingerprintsAreStableAndNeedTheKey) {
  const std::string known = sealer()->fingerprint("a@example.com");
  EXPECT_EQ(known.size(), 16U);
  EXPECT_EQ(sealer()->fingerprint("a@example.com"), known);
  EXPECT_NE(sealer()->fingerprint("b@example.com"), known);
  EXPECT_NE(sealer('x')->fingerprint("a@example.com"), known);
  EXPECT_NE(Sealer::none()->fingerprint("a@example.com"), known);
  // SHA-256("abc"), FIPS 180-2 B.1.
  EXPECT_EQ(Sealer::none()->fingerprint("abc"),
            "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23");
}

TEST(SealerTest, NoneSaysAndHidesNothing) {
  const auto none = Sealer::none();
  EXPECT_FALSE(none->encrypts());
  EXPECT_EQ(none->open(none->seal("text", "a"), "b").value(), "text");
  EXPECT_EQ(none->seal_chunk("text", "M1", 0, true), "text");
  EXPECT_EQ(none->open_chunk("text", "M1", 0, true).value(), "text");
}

TEST(SealerTest, WhatWasWrittenBeforeTheSettingChangedIsStillRead) {
  const auto gcm = sealer();
  const auto none = Sealer::none(gcm);
  EXPECT_EQ(gcm->open(none->seal("text", "a"), "a").value(), "text");
  EXPECT_EQ(none->open(gcm->seal("text", "a"), "a").value(), "text");
  EXPECT_TRUE(Sealer::none()->open(gcm->seal("text", "a"), "a").has_error());
}

TEST(SealerTest, AKeyOfTheWrongSizeIsABug) {
  EXPECT_THROW((void)Sealer::with_key(wire::Secret("short")), std::runtime_error);
}

TEST(SealerTest, ThreadsMaySealAtOnce) {
  const auto gcm = sealer();
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&gcm, number] {
      const std::string about = std::to_string(number);
      for (int i = 0; i < 500; ++i) {
        const std::string text(static_cast<std::size_t>(i), 'a');
        EXPECT_EQ(gcm->open(gcm->seal(text, about), about).value(), text);
        EXPECT_EQ(gcm->fingerprint(about), gcm->fingerprint(about));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

// Their chance is drawn for many at once; a nonce that came twice would open both texts.
TEST(SealerTest, NoTwoTextsShareANonce) {
  constexpr int each = 700;
  const auto gcm = sealer();
  std::array<std::set<std::string>, 3> seen;
  std::vector<std::thread> threads;
  for (auto& own : seen) {
    threads.emplace_back([&gcm, &own] {
      for (int i = 0; i < each; ++i) own.insert(gcm->seal("text", "a").substr(1, 12));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& own : seen) all.insert(own.begin(), own.end());
  EXPECT_EQ(all.size(), seen.size() * each);
}

}  // namespace
}  // namespace todoku::store
