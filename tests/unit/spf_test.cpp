// SPDX-License-Identifier: Apache-2.0
// SPF where it is hard: which record counts, what cannot be read, limits, trouble of the DNS, the
// domain's own words.
#include "proxy/mailauth/spf.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::mailauth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::RecordType;

SpfVerdict check(const support::FakeDns& dns, std::string_view client = "192.0.2.1",
                 const std::string& sender = "taro@example.jp",
                 const std::string& hello = "mail.example.jp") {
  SpfCheck spf({*wire::IpAddress::parse(client), sender, hello, "mx.example.net",
                std::chrono::seconds(1'700'000'000)});
  dns.run(spf);
  return spf.verdict();
}

SpfResult result_of(const std::string& record, std::string_view client = "192.0.2.1") {
  support::FakeDns dns;
  dns.txt("example.jp", record).address("example.jp", "192.0.2.1");
  return check(dns, client).result;
}

TEST(Spf, WhichTextIsTheRecord) {
  EXPECT_EQ(result_of("V=SPF1 -all"), SpfResult::fail);
  EXPECT_EQ(result_of("v=spf1"), SpfResult::neutral);
  EXPECT_EQ(result_of("v=spf10 -all"), SpfResult::none);
  EXPECT_EQ(result_of("v=spf1-all"), SpfResult::none);
  EXPECT_EQ(result_of(" v=spf1 -all"), SpfResult::none);
  EXPECT_EQ(result_of("v=spf2.0/pra -all"), SpfResult::none);
  support::FakeDns two;
  two.txt("example.jp", "v=spf1 +all").txt("example.jp", "other").txt("example.jp", "v=spf1 -all");
  EXPECT_EQ(check(two).result, SpfResult::permerror);
}

TEST(Spf, ResultsOfTheQualifiers) {
  EXPECT_EQ(result_of("v=spf1 ip4:192.0.2.1"), SpfResult::pass);
  EXPECT_EQ(result_of("v=spf1 -ip4:192.0.2.1 +all"), SpfResult::fail);
  EXPECT_EQ(result_of("v=spf1 ~ip4:192.0.2.1 +all"), SpfResult::softfail);
  EXPECT_EQ(result_of("v=spf1 ?ip4:192.0.2.1 +all"), SpfResult::neutral);
  EXPECT_EQ(result_of("v=spf1  ALL  -all  "), SpfResult::pass) << "the first match decides";
}

// One term that cannot be read spoils the record, also behind one that would match.
TEST(Spf, TermsThatCannotBeRead) {
  for (const char* term : {"all:x.example.jp",
                           "all/8",
                           "-all.",
                           "include",
                           "include:",
                           "include:example.jp/24",
                           "exists",
                           "exists:",
                           "a:",
                           "a:museum",
                           "a:example.123",
                           "a/33",
                           "a/024",
                           "a//129",
                           "a/-1",
                           "a:example.jp/",
                           "a:example.jp:8080",
                           "mx:",
                           "mx/99",
                           "ptr/0",
                           "ptr:",
                           "ip4",
                           "ip4:",
                           "ip4:192.0.2",
                           "ip4:192.0.2.0/33",
                           "ip4:192.0.2.1//32",
                           "ip4:192.0.2.1:25",
                           "ip4/24",
                           "ip4:2001:db8::1",
                           "ip6:192.0.2.1",
                           "ip6:2001:db8::/129",
                           "ip6:2001:db8:::1",
                           "ip6:x",
                           "redirect=",
                           "redirect=a.example.jp redirect=b.example.jp",
                           "exp=",
                           "exp=museum",
                           "exp=a.example.jp exp=a.example.jp",
                           "-redirect=a.example.jp",
                           "moo",
                           "moo:x",
                           "default%{d}=x",
                           "x=%{",
                           "a:%{c}.example.jp",
                           "a:%{d",
                           "\x80",
                           "a:\x01.example.jp"}) {
    EXPECT_EQ(result_of(std::string("v=spf1 +all ") + term), SpfResult::permerror) << term;
  }
}

TEST(Spf, TermsThatAreRightAlthoughUnusual) {
  for (const char* term :
       {"a:foo:bar/baz.example.jp", "unknown=x", "moo.foo-1_2=%{d}/x", "a=b", "default=pass", "PTR",
        "ip4:0.0.0.0/0", "ip6:::/0", "a/0//0", "ip6:::ffff:192.0.2.1", "exists:%{i}._s.%{d2}"}) {
    EXPECT_NE(result_of(std::string("v=spf1 +all ") + term), SpfResult::permerror) << term;
  }
}

TEST(Spf, NetworksOfBothKinds) {
  EXPECT_EQ(result_of("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::5"), SpfResult::pass);
  EXPECT_EQ(result_of("v=spf1 ip6:2001:db8::/32 -all", "2001:db9::5"), SpfResult::fail);
  EXPECT_EQ(result_of("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.9"), SpfResult::pass);
  EXPECT_EQ(result_of("v=spf1 ip6:::/0 -all", "192.0.2.1"), SpfResult::fail);
  EXPECT_EQ(result_of("v=spf1 a/24//64 -all", "192.0.2.77"), SpfResult::pass);
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 a//64 -all").address("example.jp", "2001:db8::1");
  EXPECT_EQ(check(dns, "2001:db8::ffff").result, SpfResult::pass);
  EXPECT_EQ(check(dns, "2001:db8:0:1::").result, SpfResult::fail);
}

TEST(Spf, WhoseRecordIsAskedFor) {
  support::FakeDns dns;
  dns.txt("mail.example.jp", "v=spf1 exists:%{l}.%{o} -all")
      .address("postmaster.mail.example.jp", "127.0.0.2");
  EXPECT_EQ(check(dns, "192.0.2.1", "").result, SpfResult::pass) << "the null sender: EHLO";
  EXPECT_EQ(check(dns, "192.0.2.1", "").domain, "mail.example.jp");
  EXPECT_EQ(check(dns, "192.0.2.1", "@mail.example.jp").result, SpfResult::pass);
  EXPECT_EQ(check(dns, "192.0.2.1", "a@b@mail.example.jp").result, SpfResult::fail);
  for (const char* sender : {"a@localhost", "a@[192.0.2.1]", "a@", "a@.example.jp", "a@x..jp"}) {
    support::FakeDns empty;
    SpfCheck spf({*wire::IpAddress::parse("192.0.2.1"), sender, "", "", {}});
    EXPECT_TRUE(empty.run(spf).empty()) << sender;
    EXPECT_EQ(spf.verdict().result, SpfResult::none) << sender;
  }
}

TEST(Spf, ResultsOfIncludedRecords) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 include:%{l}.example.jp ?all")
      .txt("pass.example.jp", "v=spf1 +all")
      .txt("fail.example.jp", "v=spf1 -all")
      .txt("soft.example.jp", "v=spf1 ~all")
      .txt("neutral.example.jp", "v=spf1")
      .txt("broken.example.jp", "v=spf1 moo")
      .fails("dead.example.jp", RecordType::txt);
  const auto of = [&dns](const std::string& local) {
    return check(dns, "192.0.2.1", local + "@example.jp").result;
  };
  EXPECT_EQ(of("pass"), SpfResult::pass);
  for (const char* local : {"fail", "soft", "neutral"}) EXPECT_EQ(of(local), SpfResult::neutral);
  EXPECT_EQ(of("broken"), SpfResult::permerror);
  EXPECT_EQ(of("nothing"), SpfResult::permerror);
  EXPECT_EQ(of("dead"), SpfResult::temperror);
}

TEST(Spf, RedirectReplacesTheResult) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 redirect=%{l}.example.jp ip4:203.0.113.1")
      .txt("fail.example.jp", "v=spf1 -all")
      .txt("all.example.jp", "v=spf1 redirect=fail.example.jp ?all");
  EXPECT_EQ(check(dns, "192.0.2.1", "fail@example.jp").result, SpfResult::fail);
  EXPECT_EQ(check(dns, "203.0.113.1", "fail@example.jp").result, SpfResult::pass);
  EXPECT_EQ(check(dns, "192.0.2.1", "nothing@example.jp").result, SpfResult::permerror);
  EXPECT_EQ(check(dns, "192.0.2.1", "all@example.jp").result, SpfResult::neutral);
}

TEST(Spf, TroubleOfTheDnsIsNoVerdict) {
  for (const auto status : {wire::DnsStatus::server_failed, wire::DnsStatus::timed_out}) {
    support::FakeDns dns;
    dns.fails("example.jp", RecordType::txt, status);
    EXPECT_EQ(check(dns).result, SpfResult::temperror);
    dns.txt("example.jp", "v=spf1 a:x.example.jp mx:x.example.jp -all");
    dns.fails("x.example.jp", RecordType::mx, status);
    EXPECT_EQ(check(dns).result, SpfResult::temperror);
    dns.fails("x.example.jp", RecordType::a, status);
    EXPECT_EQ(check(dns).result, SpfResult::temperror);
    dns.fails("1.2.0.192.in-addr.arpa", RecordType::ptr, status);
    support::FakeDns ptr = dns;
    ptr.fails("ptr.example.jp", RecordType::a).txt("ptr.example.jp", "v=spf1 ptr -all");
    EXPECT_EQ(check(ptr, "192.0.2.1", "a@ptr.example.jp").result, SpfResult::fail);
  }
}

TEST(Spf, TenTermsMayAskTheDns) {
  support::FakeDns dns;
  std::string ten = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    ten += " a:h" + std::to_string(i) + ".example.jp";
    dns.address("h" + std::to_string(i) + ".example.jp", "203.0.113.1");
  }
  dns.txt("ten.jp", ten + " -all").txt("eleven.jp", ten + " a:h0.example.jp -all");
  EXPECT_EQ(check(dns, "192.0.2.1", "a@ten.jp").result, SpfResult::fail);
  EXPECT_EQ(check(dns, "192.0.2.1", "a@eleven.jp").result, SpfResult::permerror);
  EXPECT_EQ(check(dns, "203.0.113.1", "a@eleven.jp").result, SpfResult::pass)
      << "what is not evaluated does not count";
  dns.txt("loop.jp", "v=spf1 include:loop.jp -all");
  EXPECT_EQ(check(dns, "192.0.2.1", "a@loop.jp").result, SpfResult::permerror);
}

TEST(Spf, TwoOfThemMayLeadToNothing) {
  support::FakeDns dns;
  dns.txt("two.jp", "v=spf1 a:x.example.jp exists:y.example.jp ?all")
      .txt("three.jp", "v=spf1 a:x.example.jp exists:y.example.jp mx:z.example.jp ?all");
  EXPECT_EQ(check(dns, "192.0.2.1", "a@two.jp").result, SpfResult::neutral);
  EXPECT_EQ(check(dns, "192.0.2.1", "a@three.jp").result, SpfResult::permerror);
}

TEST(Spf, TenNamesOfAnMxAndOfAClient) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 mx -all");
  for (int i = 0; i < 10; ++i) dns.mx("example.jp", "h" + std::to_string(i) + ".example.jp");
  dns.address("h9.example.jp", "192.0.2.1");
  EXPECT_EQ(check(dns).result, SpfResult::pass);
  EXPECT_EQ(check(dns, "2001:db8::1").result, SpfResult::fail) << "no IPv6 is no void lookup here";
  dns.mx("example.jp", "h10.example.jp");
  EXPECT_EQ(check(dns).result, SpfResult::permerror);

  support::FakeDns many;
  many.txt("example.jp", "v=spf1 ptr -all");
  for (int i = 0; i < 10; ++i) many.ptr("192.0.2.1", "h" + std::to_string(i) + ".example.jp");
  many.ptr("192.0.2.1", "last.example.jp").address("last.example.jp", "192.0.2.1");
  EXPECT_EQ(check(many).result, SpfResult::fail) << "the eleventh is not looked at";
}

TEST(Spf, ANullMxMatchesNothing) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 mx -all").mx("example.jp", "");
  EXPECT_EQ(check(dns).result, SpfResult::fail);
}

TEST(Spf, TheClientsOwnName) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 exists:%{p}.ok.example.net -all")
      .ptr("192.0.2.1", "liar.example.jp")
      .ptr("192.0.2.1", "other.example.org")
      .ptr("192.0.2.1", "sub.example.jp")
      .address("other.example.org", "192.0.2.1")
      .address("sub.example.jp", "192.0.2.1")
      .address("sub.example.jp.ok.example.net", "127.0.0.1");
  EXPECT_EQ(check(dns).result, SpfResult::pass);
  dns.address("unknown.ok.example.net", "127.0.0.1");
  EXPECT_EQ(check(dns, "203.0.113.9").result, SpfResult::pass);
}

TEST(Spf, TheDomainsOwnWords) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 exp=why.%{d} -all")
      .txt("why.example.jp", "%{i} may not send for %{d} (%{l}, %{r}, %{t}, %{p})");
  EXPECT_EQ(check(dns).explanation,
            "192.0.2.1 may not send for example.jp (taro, mx.example.net, 1700000000, unknown)");
  EXPECT_EQ(check(dns, "192.0.2.1", "\xe3\x81\x82@example.jp").explanation, "") << "ASCII only";
  dns.txt("redirects.jp", "v=spf1 redirect=example.jp exp=other.example.jp");
  EXPECT_THAT(check(dns, "192.0.2.1", "a@redirects.jp").explanation, HasSubstr("for example.jp"));
  dns.txt("includes.jp", "v=spf1 include:example.jp -all");
  EXPECT_EQ(check(dns, "192.0.2.1", "a@includes.jp").explanation, "");
  dns.txt("why.example.jp", "a second text");
  EXPECT_EQ(check(dns).explanation, "");
  EXPECT_EQ(check(dns).result, SpfResult::fail) << "trouble of the words changes nothing";
}

TEST(Spf, TellsWhatDecided) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 mx include:spf.example.net ~all")
      .mx("example.jp", "mail.example.jp")
      .txt("spf.example.net", "v=spf1 ip4:192.0.2.0/24 -all");
  EXPECT_EQ(check(dns).decided_by, "include:spf.example.net");
  EXPECT_EQ(check(dns, "203.0.113.1").decided_by, "~all");
  dns.txt("broken.jp", "v=spf1 include:nothing.example.jp -all");
  EXPECT_THAT(check(dns, "192.0.2.1", "a@broken.jp").problem,
              HasSubstr("nothing.example.jp has no SPF record"));
}

TEST(Spf, AsksEachQuestionOnce) {
  support::FakeDns dns;
  dns.txt("example.jp", "v=spf1 a:x.jp a:X.jp mx:x.jp -all")
      .address("x.jp", "203.0.113.1")
      .mx("x.jp", "m.x.jp")
      .address("m.x.jp", "203.0.113.2");
  SpfCheck spf({*wire::IpAddress::parse("192.0.2.1"), "a@example.jp", "h", "", {}});
  EXPECT_THAT(dns.run(spf), ElementsAre("example.jp", "x.jp", "x.jp", "m.x.jp"));
}

}  // namespace
}  // namespace todoku::mailauth
