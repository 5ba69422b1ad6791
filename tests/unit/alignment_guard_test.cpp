// SPDX-License-Identifier: Apache-2.0
// Whether a fallback would be taken for a forger, by the zone in the DNS and what is known of it.
#include "proxy/delivery/alignment_guard.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::RecordType;

support::FakeDns zone(const std::string& policy) {
  support::FakeDns dns;
  dns.txt("_dmarc.example.jp", "v=DMARC1; " + policy)
      .txt("example.jp", "v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/64 -all")
      .address("relay.example.net", "192.0.2.5")
      .address("stranger.example.net", "203.0.113.5");
  return dns;
}

RelayHabits relay_from(std::vector<const char*> networks) {
  RelayHabits habits;
  habits.host = "relay.example.net";
  for (const char* network : networks) {
    habits.outgoing.push_back(*wire::IpNetwork::parse(network));
  }
  return habits;
}

AlignmentVerdict check(const support::FakeDns& dns, RelayHabits habits,
                       AlignmentSender sender = {"example.jp", "example.jp"}) {
  AlignmentCheck guard(std::move(habits), std::move(sender), {});
  dns.run(guard);
  return guard.verdict();
}

TEST(AlignmentGuard, WithoutAPolicyEverythingIsAllowed) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 -all");
  EXPECT_EQ(check(dns, relay_from({"203.0.113.1"})).reason, AlignmentReason::no_policy);
  EXPECT_EQ(check(zone("p=none"), relay_from({"203.0.113.1"})).reason,
            AlignmentReason::policy_none);
  support::FakeDns silent;
  silent.fails("_dmarc.example.jp", RecordType::txt, wire::DnsStatus::timed_out);
  EXPECT_EQ(check(silent, relay_from({"203.0.113.1"})).reason, AlignmentReason::dns_silent);
  EXPECT_TRUE(check(silent, relay_from({"203.0.113.1"})).is_allowed());
}

TEST(AlignmentGuard, UnderAPolicyTheRelaysAddressesMustBeAllowed) {
  for (const char* policy : {"p=reject", "p=quarantine", "p=quarantine; pct=10"}) {
    const auto dns = zone(policy);
    EXPECT_EQ(check(dns, relay_from({"192.0.2.5"})).reason, AlignmentReason::spf);
    const auto stranger = check(dns, relay_from({"203.0.113.5"}));
    EXPECT_EQ(stranger.reason, AlignmentReason::would_fail);
    EXPECT_FALSE(stranger.is_allowed());
    EXPECT_EQ(stranger.policy_at, "example.jp");
    EXPECT_EQ(stranger.spf_address, "203.0.113.5");
    EXPECT_EQ(stranger.spf, mailauth::SpfResult::fail);
  }
}

TEST(AlignmentGuard, AllOfItsAddressesMust) {
  const auto dns = zone("p=reject");
  EXPECT_TRUE(check(dns, relay_from({"192.0.2.0/28", "2001:db8::/64"})).is_allowed());
  EXPECT_FALSE(check(dns, relay_from({"192.0.2.5", "203.0.113.5"})).is_allowed());
  EXPECT_FALSE(check(dns, relay_from({"192.0.2.0/27"})).is_allowed()) << "its last one";
  EXPECT_FALSE(check(dns, relay_from({"2001:db8::/63"})).is_allowed());
  EXPECT_FALSE(check(dns, relay_from({"192.0.1.255", "192.0.2.1"})).is_allowed());
}

TEST(AlignmentGuard, NotKnownAddressesAreTakenToBeItsOwn) {
  const auto dns = zone("p=reject");
  auto habits = relay_from({});
  const auto own = check(dns, habits);
  EXPECT_EQ(own.reason, AlignmentReason::spf);
  EXPECT_TRUE(own.is_assumed);
  habits.host = "stranger.example.net";
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::would_fail);
  habits.host = "192.0.2.9";
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::spf);
  habits.host = "nowhere.example.net";
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::would_fail);
}

TEST(AlignmentGuard, ASignatureOfTheSenderIsEnough) {
  const auto dns = zone("p=reject");
  auto habits = relay_from({"203.0.113.5"});
  habits.signs_as = {"relay.example.net", "example.jp"};
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::dkim);
  habits.signs_as = {"mail.example.jp"};
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::dkim);
  EXPECT_EQ(check(zone("p=reject; adkim=s"), habits).reason, AlignmentReason::would_fail);
  habits.signs_as = {"relay.example.net"};
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::would_fail);
}

TEST(AlignmentGuard, TheReturnPathCounts) {
  const auto dns = zone("p=reject");
  auto habits = relay_from({"192.0.2.5"});
  habits.return_path = "bounces.relay.example.net";
  EXPECT_EQ(check(dns, habits).reason, AlignmentReason::would_fail) << "the relay's own";
  habits.return_path.reset();
  EXPECT_EQ(check(dns, habits, {"example.jp", "example.com"}).reason, AlignmentReason::would_fail);
  EXPECT_EQ(check(dns, habits, {"example.jp", ""}).reason, AlignmentReason::would_fail);
  auto below = zone("p=reject");
  below.txt("mail.example.jp", "v=spf1 ip4:192.0.2.5 -all");
  EXPECT_EQ(check(below, habits, {"example.jp", "mail.example.jp"}).reason, AlignmentReason::spf);
  auto strict = zone("p=reject; aspf=s");
  strict.txt("mail.example.jp", "v=spf1 ip4:192.0.2.5 -all");
  EXPECT_EQ(check(strict, habits, {"example.jp", "mail.example.jp"}).reason,
            AlignmentReason::would_fail);
}

TEST(AlignmentGuard, ARelayThatRewritesFromIsNeverUsed) {
  support::FakeDns dns;
  auto habits = relay_from({"192.0.2.5"});
  habits.rewrites_from = true;
  AlignmentCheck guard(habits, {"example.jp", "example.jp"}, {});
  EXPECT_THAT(dns.run(guard), IsEmpty());
  EXPECT_EQ(guard.verdict().reason, AlignmentReason::rewrites_from);
  EXPECT_FALSE(guard.verdict().is_allowed());
}

TEST(AlignmentGuard, AKeyOfOursCountsOnceReceiversFindIt) {
  const OwnKey key{"example.jp", "todoku", "v=DKIM1; k=ed25519; p=QUJD"};
  const AlignmentSender sender{"mail.example.jp", "mail.example.jp", key};
  const auto stranger = relay_from({"203.0.113.5"});
  auto dns = zone("p=reject");
  const auto missing = check(dns, stranger, sender);
  EXPECT_EQ(missing.reason, AlignmentReason::would_fail);
  EXPECT_EQ(missing.key_name, "todoku._domainkey.example.jp");
  EXPECT_EQ(missing.key_record, key.record);
  auto other = dns;
  other.txt(missing.key_name, "v=DKIM1; k=ed25519; p=QUJE").txt(missing.key_name, "p=");
  EXPECT_EQ(check(other, stranger, sender).reason, AlignmentReason::would_fail);
  auto there = dns;
  there.txt(missing.key_name, "k=ed25519; p=QU JD");
  EXPECT_EQ(check(there, stranger, sender).reason, AlignmentReason::dkim);
  auto silent = dns;
  silent.fails(missing.key_name, RecordType::txt);
  EXPECT_TRUE(check(silent, stranger, sender).is_allowed());
}

TEST(AlignmentGuard, AKeyOfAnotherDomainDoesNotCount) {
  const OwnKey key{"example.com", "todoku", "v=DKIM1; p=QUJD"};
  auto dns = zone("p=reject");
  dns.txt("todoku._domainkey.example.com", key.record);
  const auto verdict = check(dns, relay_from({"203.0.113.5"}), {"example.jp", "example.jp", key});
  EXPECT_EQ(verdict.reason, AlignmentReason::would_fail);
  EXPECT_EQ(verdict.key_name, "");
}

TEST(AlignmentGuard, AsksOnlyWhatMatters) {
  const auto dns = zone("p=reject");
  auto signs = relay_from({"203.0.113.5"});
  signs.signs_as = {"example.jp"};
  AlignmentCheck guard(signs, {"example.jp", "example.jp"}, {});
  EXPECT_THAT(dns.run(guard), ElementsAre("_dmarc.example.jp"));
  auto silent = zone("p=reject");
  silent.fails("example.jp", RecordType::txt);
  EXPECT_EQ(check(silent, relay_from({"203.0.113.5"})).reason, AlignmentReason::dns_silent);
}

}  // namespace
}  // namespace todoku::delivery
