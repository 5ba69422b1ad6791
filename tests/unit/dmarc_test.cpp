// SPDX-License-Identifier: Apache-2.0
// DMARC: policies as published, where they are looked for, and what is aligned (RFC 7489).
#include "proxy/mailauth/dmarc.hpp"

#include "proxy/mailauth/organisational_domain.hpp"
#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::mailauth {
namespace {

using testing::ElementsAre;

DmarcRecord read(std::string_view text) {
  const auto parsed = parse_dmarc(text);
  const auto* record = std::get_if<DmarcRecord>(&parsed);
  EXPECT_NE(record, nullptr) << text << ": " << std::get<std::string>(parsed);
  return record == nullptr ? DmarcRecord{} : *record;
}

TEST(OrganisationalDomain, ByThePublicSuffixList) {
  EXPECT_EQ(organisational_domain("mail.Example.co.jp."), "example.co.jp");
  EXPECT_EQ(organisational_domain("example.jp"), "example.jp");
  EXPECT_EQ(organisational_domain("a.example.chiyoda.tokyo.jp"), "example.chiyoda.tokyo.jp");
  EXPECT_EQ(organisational_domain("co.jp"), "co.jp");
  EXPECT_EQ(organisational_domain("localhost"), "localhost");
  EXPECT_EQ(organisational_domain(""), "");
  EXPECT_TRUE(share_organisation("news.example.com", "EXAMPLE.com"));
  EXPECT_FALSE(share_organisation("a.co.jp", "b.co.jp"));
}

TEST(Dmarc, TagsAndTheirDefaults) {
  const auto plain = read("v=DMARC1; p=none");
  EXPECT_EQ(plain.policy, DmarcPolicy::none);
  EXPECT_EQ(plain.percent, 100U);
  EXPECT_EQ(plain.dkim, AlignmentMode::relaxed);
  EXPECT_EQ(plain.spf, AlignmentMode::relaxed);
  const auto full = read("v = DMARC1 ;p=Reject; sp=quarantine;pct=20; adkim=s; aspf=s; fo=1; x=y;");
  EXPECT_EQ(full.policy, DmarcPolicy::reject);
  EXPECT_EQ(full.subdomain_policy, DmarcPolicy::quarantine);
  EXPECT_EQ(full.percent, 20U);
  EXPECT_EQ(full.dkim, AlignmentMode::strict);
  EXPECT_EQ(full.spf, AlignmentMode::strict);
  EXPECT_EQ(read("v=DMARC1; p=reject").subdomain_policy, DmarcPolicy::reject);
  EXPECT_EQ(read("v=DMARC1; p=reject; pct=200").percent, 100U);
  EXPECT_EQ(read("v=DMARC1; p=reject; pct=x").percent, 100U);
  // Section 6.6.3: reports are wanted, so it counts as "none".
  EXPECT_EQ(read("v=DMARC1; p=refuse; rua=mailto:d@example.jp").policy, DmarcPolicy::none);
  EXPECT_EQ(read("v=DMARC1; p=reject; sp=refuse; rua=mailto:d@example.jp").policy,
            DmarcPolicy::none);
  for (const char* wrong :
       {"", "v=DMARC2; p=none", "v=dmarc1; p=none", "p=none; v=DMARC1", "v=DMARC1",
        "v=DMARC1; p=refuse", "v=DMARC1; p=none; p=none", "v=DMARC1; p=none; =x", "v=DMARC1; p"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_dmarc(wrong))) << wrong;
  }
}

TEST(Dmarc, IsLookedForAtTheDomainAndThenAtItsOrganisation) {
  support::FakeDns dns;
  dns.txt("_dmarc.example.co.jp", "v=DMARC1; p=reject; sp=quarantine")
      .txt("_dmarc.own.example.co.jp", "v=DMARC1; p=none");
  DmarcDiscovery top("Example.co.jp");
  EXPECT_THAT(dns.run(top), ElementsAre("_dmarc.example.co.jp"));
  EXPECT_EQ(top.found().policy, DmarcPolicy::reject);
  DmarcDiscovery below("a.b.example.co.jp");
  EXPECT_THAT(dns.run(below), ElementsAre("_dmarc.a.b.example.co.jp", "_dmarc.example.co.jp"));
  EXPECT_EQ(below.found().policy, DmarcPolicy::quarantine);
  EXPECT_EQ(below.found().at, "example.co.jp");
  DmarcDiscovery own("own.example.co.jp");
  dns.run(own);
  EXPECT_EQ(own.found().policy, DmarcPolicy::none);
  DmarcDiscovery none("example.com");
  EXPECT_THAT(dns.run(none), ElementsAre("_dmarc.example.com"));
  EXPECT_EQ(none.found().status, DmarcFound::Status::none);
  DmarcDiscovery nobody("");
  EXPECT_TRUE(dns.run(nobody).empty());
}

TEST(Dmarc, OtherTextsAreLeftOutAndTwoPoliciesAreNone) {
  support::FakeDns dns;
  dns.txt("_dmarc.a.jp", "something else").txt("_dmarc.a.jp", "v=DMARC1; p=reject");
  DmarcDiscovery one("a.jp");
  dns.run(one);
  EXPECT_EQ(one.found().policy, DmarcPolicy::reject);
  dns.txt("_dmarc.a.jp", "v=DMARC1; p=none");
  DmarcDiscovery two("a.jp");
  dns.run(two);
  EXPECT_EQ(two.found().status, DmarcFound::Status::none);
}

TEST(Dmarc, NoAnswerOfTheDnsIsNoPolicy) {
  support::FakeDns dns;
  dns.fails("_dmarc.a.jp", wire::RecordType::txt, wire::DnsStatus::timed_out);
  DmarcDiscovery asked("a.jp");
  dns.run(asked);
  EXPECT_EQ(asked.found().status, DmarcFound::Status::temperror);
}

TEST(Dmarc, WhatIsAligned) {
  const auto relaxed = read("v=DMARC1; p=reject");
  const auto strict = read("v=DMARC1; p=reject; adkim=s; aspf=s");
  const auto spf = [](const DmarcRecord& record, SpfResult result, const char* domain) {
    return judge_dmarc("example.co.jp", record, result, domain, {}).passes();
  };
  EXPECT_TRUE(spf(relaxed, SpfResult::pass, "bounce.example.co.jp"));
  EXPECT_FALSE(spf(strict, SpfResult::pass, "bounce.example.co.jp"));
  EXPECT_TRUE(spf(strict, SpfResult::pass, "EXAMPLE.co.jp"));
  EXPECT_FALSE(spf(relaxed, SpfResult::softfail, "example.co.jp"));
  EXPECT_FALSE(spf(relaxed, SpfResult::pass, "other.co.jp"));
  EXPECT_FALSE(spf(relaxed, SpfResult::pass, ""));
  const auto dkim = [](const DmarcRecord& record, const char* domain, bool passes) {
    return judge_dmarc("mail.example.co.jp", record, SpfResult::fail, "x.example",
                       {{"relay.example", true}, {domain, passes}});
  };
  EXPECT_TRUE(dkim(relaxed, "example.co.jp", true).dkim_aligned);
  EXPECT_FALSE(dkim(relaxed, "example.co.jp", true).spf_aligned);
  EXPECT_FALSE(dkim(relaxed, "example.co.jp", false).passes());
  EXPECT_FALSE(dkim(strict, "example.co.jp", true).passes());
  EXPECT_TRUE(dkim(strict, "mail.example.co.jp", true).passes());
}

}  // namespace
}  // namespace todoku::mailauth
