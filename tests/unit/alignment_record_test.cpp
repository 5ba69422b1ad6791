// SPDX-License-Identifier: Apache-2.0
// What people are told of a fallback that may not carry their mail.
#include "proxy/delivery/alignment_record.hpp"

#include "proxy/delivery/alignment_guard.hpp"
#include "proxy/delivery/verdict.hpp"
#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

AlignmentRecord found(const RelayHabits& habits, const std::string& envelope_domain) {
  support::FakeDns dns;
  dns.txt("_dmarc.example.jp", "v=DMARC1; p=reject")
      .txt("example.jp", "v=spf1 ip4:192.0.2.1 -all")
      .address("relay.example.net", "203.0.113.5");
  AlignmentCheck guard(habits, {"example.jp", envelope_domain}, {});
  dns.run(guard);
  return record_of("spare", "example.jp", guard.verdict(), Time(std::chrono::hours(1)));
}

RelayHabits relay() {
  RelayHabits habits;
  habits.host = "relay.example.net";
  return habits;
}

TEST(AlignmentRecord, SaysWhatTheSpfRecordLacks) {
  auto habits = relay();
  EXPECT_EQ(found(habits, "example.jp").spf_terms, "a:relay.example.net");
  habits.outgoing = {*wire::IpNetwork::parse("203.0.113.0/29"),
                     *wire::IpNetwork::parse("2001:db8::1")};
  const auto record = found(habits, "example.jp");
  EXPECT_FALSE(record.is_allowed());
  EXPECT_EQ(record.spf_terms, "ip4:203.0.113.0/29 ip6:2001:db8::1");
  EXPECT_EQ(record.spf_domain, "example.jp");
  EXPECT_STREQ(remedy_of(record), "spf_or_dkim");
}

TEST(AlignmentRecord, WhereSpfCannotHelpOnlyASignatureIsNamed) {
  auto habits = relay();
  habits.return_path = "bounces.example.net";
  const auto record = found(habits, "example.jp");
  EXPECT_EQ(record.spf_domain, "");
  EXPECT_STREQ(remedy_of(record), "dkim");
}

TEST(AlignmentRecord, NothingInTheDnsHelpsARelayThatRewrites) {
  auto habits = relay();
  habits.rewrites_from = true;
  const auto record = found(habits, "example.jp");
  EXPECT_FALSE(record.is_allowed());
  EXPECT_STREQ(remedy_of(record), "other_relay");
}

TEST(AlignmentRecord, ComesBackFromItsTexts) {
  const auto record = found(relay(), "example.jp");
  auto texts = texts_of(record);
  texts.emplace_back("of a later release", "x");
  const auto back = record_from(texts, record.at);
  EXPECT_TRUE(back.says_the_same(record));
  EXPECT_EQ(back.at, record.at);
  auto other = record;
  other.policy = "quarantine";
  EXPECT_FALSE(other.says_the_same(record));
}

Verdict refused_with(std::optional<AlignmentRecord> withheld) {
  Verdict verdict;
  verdict.attempt.relay = "mail.example.jp:587";
  verdict.attempt.phase = smtp::Phase::recipient;
  verdict.recipients.push_back(
      {"a@x.test", RecipientState::refused, {554, "5.7.1", "blocked using a list"}});
  verdict.withheld = std::move(withheld);
  return verdict;
}

TEST(AlignmentRecord, TheRefusalSaysThatAFallbackIsThereAndWhyItDidNotHelp) {
  const auto answer = answer_for(refused_with(found(relay(), "example.jp")), "ID0");
  EXPECT_EQ(answer.reply.code, 554);
  EXPECT_THAT(answer.reply.text, HasSubstr("blocked using a list\nThe spare server \"spare\" was"));
  EXPECT_THAT(answer.reply.text, HasSubstr("example.jp (p=reject)"));
  EXPECT_THAT(answer.reply.text, EndsWith("\n(Todoku ID0)"));
  ASSERT_EQ(answer.more.size(), 1U);
  EXPECT_EQ(answer.more[0].key, "smtp.withheld_spf_or_dkim");
  EXPECT_THAT(answer_for(refused_with(std::nullopt), "ID0").reply.text, Not(HasSubstr("spare")));
}

TEST(AlignmentRecord, WhatTheDnsSaysIsCleanedBeforeItIsTold) {
  auto record = found(relay(), "example.jp");
  record.policy_at = std::string("evil\r\n250 ok") + std::string(1'000, 'x');
  const auto answer = answer_for(refused_with(record), "ID0");
  EXPECT_LT(answer.reply.text.size(), 500U);
  EXPECT_THAT(answer.reply.text, EndsWith("\n(Todoku ID0)"));
}

}  // namespace
}  // namespace todoku::delivery
