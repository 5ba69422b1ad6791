// SPDX-License-Identifier: Apache-2.0
// What counts as the same message coming again.
#include "proxy/delivery/repeats.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;
constexpr Time start{std::chrono::milliseconds{1'800'000'000'000}};

smtp::Envelope to(std::initializer_list<const char*> addresses) {
  smtp::Envelope envelope;
  envelope.sender = "me@example.test";
  for (const char* address : addresses) envelope.recipients.push_back({address, "", ""});
  return envelope;
}

RepeatKey key(const smtp::Envelope& envelope, const char* id = "<1@x>", const char* body = "") {
  return repeat_key("office", envelope, id, body);
}

TEST(RepeatKey, DoesNotDependOnTheOrderOfRecipientsOrTheCaseOfDomains) {
  EXPECT_EQ(key(to({"a@b.test", "c@d.test"})), key(to({"c@D.test", "a@B.TEST"})));
}

TEST(RepeatKey, DependsOnEverythingElse) {
  const auto first = key(to({"a@b.test"}));
  EXPECT_NE(first, key(to({"A@b.test"})));  // local parts may differ by case
  EXPECT_NE(first, key(to({"a@b.test", "c@d.test"})));
  EXPECT_NE(first, key(to({"a@b.test"}), "<2@x>"));
  EXPECT_NE(first, repeat_key("shop", to({"a@b.test"}), "<1@x>", ""));
  auto other_sender = to({"a@b.test"});
  other_sender.sender = "you@example.test";
  EXPECT_NE(first, key(other_sender));
}

TEST(RepeatKey, TakesTheBodyWhereThereIsNoMessageId) {
  EXPECT_NE(key(to({"a@b.test"}), "", "x"), key(to({"a@b.test"}), "", "y"));
  EXPECT_EQ(key(to({"a@b.test"}), "<1@x>", "x"), key(to({"a@b.test"}), "<1@x>", "y"));
  EXPECT_NE(key(to({"a@b.test"}), "", "<1@x>"), key(to({"a@b.test"}), "<1@x>"));
}

TEST(BodyDigest, IsTheSameHoweverTheBodyIsCut) {
  BodyDigest whole, cut;
  whole.add("hello world");
  cut.add("hello");
  cut.add("");
  cut.add(" world");
  EXPECT_EQ(whole.finish(), cut.finish());
}

TEST(Repeats, AreKnownForAnHour) {
  Repeats repeats;
  const auto one = key(to({"a@b.test"}));
  repeats.add(one, "ID1", start);
  EXPECT_EQ(repeats.find(one, start + 59min), "ID1");
  EXPECT_EQ(repeats.find(one, start + 61min), std::nullopt);
  EXPECT_EQ(repeats.size(), 0U);
}

TEST(Repeats, ANewerOneReplacesAndOutlivesTheOlder) {
  Repeats repeats;
  const auto one = key(to({"a@b.test"}));
  repeats.add(one, "ID1", start);
  repeats.add(one, "ID2", start + 50min);
  EXPECT_EQ(repeats.find(one, start + 70min), "ID2");
}

TEST(Repeats, OnlyTheOwnerForgets) {
  Repeats repeats;
  const auto one = key(to({"a@b.test"}));
  repeats.add(one, "ID1", start);
  repeats.forget(one, "ID2");
  EXPECT_EQ(repeats.find(one, start), "ID1");
  repeats.forget(one, "ID1");
  EXPECT_EQ(repeats.find(one, start), std::nullopt);
}

}  // namespace
}  // namespace todoku::delivery
