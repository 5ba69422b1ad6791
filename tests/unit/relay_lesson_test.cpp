// SPDX-License-Identifier: Apache-2.0
// From what test mails have shown of a fallback to how it is taken to pass mail on.
#include "proxy/delivery/relay_lesson.hpp"

#include "proxy/delivery/alignment_guard.hpp"
#include "proxy/settings/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using testing::ElementsAre;

settings::Fallback spare() {
  settings::Fallback fallback;
  fallback.name = "spare";
  fallback.relay.host = "relay.example.net";
  return fallback;
}

RelayLesson lesson(const std::string& domain, bool rewrites = false) {
  RelayLesson made;
  made.fallback = "spare";
  made.from_domain = made.return_path = domain;
  made.rewrites_from = rewrites;
  return made;
}

RelayHabits habits(const std::vector<RelayLesson>& lessons, const std::string& domain) {
  return habits_of(spare(), lessons, domain);
}

TEST(RelayLesson, WithoutOneTheSettingsAreAllThatIsKnown) {
  auto fallback = spare();
  fallback.outgoing = {*wire::IpNetwork::parse("192.0.2.9")};
  const auto known = habits_of(fallback, {}, "example.jp");
  EXPECT_EQ(known.host, "relay.example.net");
  EXPECT_EQ(known.outgoing, fallback.outgoing);
  EXPECT_FALSE(known.rewrites_from);
}

TEST(RelayLesson, AddressesAndSignaturesOfAllTestsCount) {
  auto first = lesson("example.jp");
  first.outgoing = {*wire::IpNetwork::parse("192.0.2.9")};
  first.signs_as = {"example.net"};
  auto second = lesson("example.com");
  second.outgoing = {*wire::IpNetwork::parse("192.0.2.9"), *wire::IpNetwork::parse("192.0.2.10")};
  const auto known = habits({first, second}, "example.jp");
  EXPECT_EQ(known.outgoing, second.outgoing);
  EXPECT_THAT(known.signs_as, ElementsAre("example.net"));
  auto fallback = spare();
  fallback.outgoing = {*wire::IpNetwork::parse("192.0.2.77")};
  const std::vector both{first, second};
  EXPECT_EQ(habits_of(fallback, both, "example.jp").outgoing, fallback.outgoing);
}

TEST(RelayLesson, OneThatRewritesIsNotTrustedWithDomainsItWasNotTestedWith) {
  const auto rewrites = lesson("example.jp", true);
  const auto keeps = lesson("example.com");
  for (const auto& lessons : {std::vector{rewrites, keeps}, std::vector{keeps, rewrites}}) {
    EXPECT_TRUE(habits(lessons, "example.jp").rewrites_from);
    EXPECT_FALSE(habits(lessons, "example.com").rewrites_from);
    EXPECT_TRUE(habits(lessons, "other.test").rewrites_from);
  }
}

TEST(RelayLesson, ANewReturnPathCounts) {
  auto made = lesson("example.jp");
  EXPECT_FALSE(habits({made}, "example.jp").return_path.has_value());
  made.return_path = "bounces.example.net";
  EXPECT_EQ(habits({made}, "example.jp").return_path, "bounces.example.net");
  EXPECT_EQ(habits({made}, "other.test").return_path, "bounces.example.net");
}

TEST(RelayLesson, ThoseOfOtherRelaysDoNotCount) {
  auto made = lesson("example.jp", true);
  made.fallback = "another";
  EXPECT_FALSE(habits({made}, "example.jp").rewrites_from);
}

TEST(RelayLesson, ComesBackFromItsTexts) {
  auto made = lesson("example.jp", true);
  made.outgoing = {*wire::IpNetwork::parse("192.0.2.0/28"), *wire::IpNetwork::parse("2001:db8::1")};
  made.signs_as = {"a.test", "b.test"};
  made.from_seen = "x@b.test";
  made.keeps_message_id = false;
  const auto back = lesson_from(texts_of(made), Time(std::chrono::hours(1)));
  EXPECT_EQ(texts_of(back), texts_of(made));
  EXPECT_EQ(back.outgoing, made.outgoing);
  EXPECT_TRUE(lesson_from({{"outgoing", "nonsense  1.2.3"}}, {}).outgoing.empty());
}

}  // namespace
}  // namespace todoku::delivery
