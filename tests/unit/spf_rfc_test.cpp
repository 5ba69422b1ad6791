// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 7208 appendix A.
#include "proxy/mailauth/spf.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

namespace todoku::mailauth {
namespace {

support::FakeDns zone() {
  support::FakeDns dns;
  dns.mx("example.com", "mail-a.example.com")
      .mx("example.com", "mail-b.example.com")
      .address("example.com", "192.0.2.10")
      .address("example.com", "192.0.2.11")
      .address("amy.example.com", "192.0.2.65")
      .address("bob.example.com", "192.0.2.66")
      .address("mail-a.example.com", "192.0.2.129")
      .address("mail-b.example.com", "192.0.2.130")
      .mx("example.org", "mail-c.example.org")
      .address("mail-c.example.org", "192.0.2.140")
      .ptr("192.0.2.10", "example.com")
      .ptr("192.0.2.11", "example.com")
      .ptr("192.0.2.65", "amy.example.com")
      .ptr("192.0.2.66", "bob.example.com")
      .ptr("192.0.2.129", "mail-a.example.com")
      .ptr("192.0.2.130", "mail-b.example.com")
      .ptr("192.0.2.140", "mail-c.example.org")
      .ptr("10.0.0.4", "bob.example.com");
  return dns;
}

SpfResult check(const support::FakeDns& dns, std::string_view client,
                const std::string& sender = "amy@example.com") {
  SpfCheck spf({*wire::IpAddress::parse(client), sender, "mail.example.com", "", {}});
  dns.run(spf);
  return spf.verdict().result;
}

struct Example {
  const char* record;
  std::vector<const char*> pass;
  std::vector<const char*> fail;
};

TEST(SpfRfc, SimpleExamples) {
  const Example examples[] = {
      {"v=spf1 +all", {"192.0.2.10", "203.0.113.1"}, {}},
      {"v=spf1 a -all", {"192.0.2.10", "192.0.2.11"}, {"192.0.2.65"}},
      {"v=spf1 a:example.org -all", {}, {"192.0.2.10", "192.0.2.140"}},
      {"v=spf1 mx -all", {"192.0.2.129", "192.0.2.130"}, {"192.0.2.10"}},
      {"v=spf1 mx:example.org -all", {"192.0.2.140"}, {"192.0.2.129"}},
      {"v=spf1 mx mx:example.org -all", {"192.0.2.129", "192.0.2.130", "192.0.2.140"}, {}},
      {"v=spf1 mx/30 mx:example.org/30 -all",
       {"192.0.2.128", "192.0.2.131", "192.0.2.140", "192.0.2.143"},
       {"192.0.2.132", "192.0.2.144"}},
      {"v=spf1 ptr -all", {"192.0.2.10", "192.0.2.65", "192.0.2.129"}, {"192.0.2.140", "10.0.0.4"}},
      {"v=spf1 ip4:192.0.2.128/28 -all", {"192.0.2.129"}, {"192.0.2.65"}},
  };
  for (const auto& example : examples) {
    auto dns = zone();
    dns.txt("example.com", example.record);
    for (const char* client : example.pass) {
      EXPECT_EQ(check(dns, client), SpfResult::pass) << example.record << " " << client;
    }
    for (const char* client : example.fail) {
      EXPECT_EQ(check(dns, client), SpfResult::fail) << example.record << " " << client;
    }
  }
}

TEST(SpfRfc, MultipleDomains) {
  auto dns = zone();
  dns.txt("example.org", "v=spf1 include:example.com include:example.net -all")
      .txt("example.com", "v=spf1 ip4:192.0.2.10 -all")
      .txt("example.net", "v=spf1 ip4:192.0.2.20 ~all")
      .txt("la.example.org", "v=spf1 redirect=example.org")
      .txt("loop.example.org", "v=spf1 redirect=loop.example.org");
  EXPECT_EQ(check(dns, "192.0.2.10", "a@example.org"), SpfResult::pass);
  EXPECT_EQ(check(dns, "192.0.2.20", "a@example.org"), SpfResult::pass);
  EXPECT_EQ(check(dns, "192.0.2.30", "a@example.org"), SpfResult::fail);
  EXPECT_EQ(check(dns, "192.0.2.20", "a@la.example.org"), SpfResult::pass);
  EXPECT_EQ(check(dns, "192.0.2.30", "a@la.example.org"), SpfResult::fail);
  EXPECT_EQ(check(dns, "192.0.2.30", "a@loop.example.org"), SpfResult::permerror);
}

TEST(SpfRfc, ListsInTheStyleOfBlockLists) {
  auto dns = zone();
  dns.txt("example.com",
          "v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all")
      .txt("mobile-users._spf.example.com", "v=spf1 exists:%{l1r+}.%{d}")
      .txt("remote-users._spf.example.com", "v=spf1 exists:%{ir}.%{l1r+}.%{d}")
      .address("mary.mobile-users._spf.example.com", "127.0.0.2")
      .address("15.15.113.203.joel.remote-users._spf.example.com", "127.0.0.2");
  EXPECT_EQ(check(dns, "203.0.113.99", "mary@example.com"), SpfResult::pass);
  EXPECT_EQ(check(dns, "203.0.113.99", "mary+list@example.com"), SpfResult::pass);
  EXPECT_EQ(check(dns, "203.113.15.15", "joel@example.com"), SpfResult::pass);
  EXPECT_EQ(check(dns, "203.113.15.16", "joel@example.com"), SpfResult::fail);
}

TEST(SpfRfc, MoreComplicated) {
  auto dns = zone();
  dns.txt("example.com", "v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all")
      .txt("ip4._spf.example.com", "v=spf1 -ip4:192.0.2.0/24 +all")
      .txt("ptr._spf.example.com", "v=spf1 -ptr:example.com +all");
  EXPECT_EQ(check(dns, "192.0.2.65"), SpfResult::pass) << "within the range, with a name";
  EXPECT_EQ(check(dns, "203.0.113.1"), SpfResult::fail) << "outside the range";
  EXPECT_EQ(check(dns, "192.0.2.140"), SpfResult::fail) << "the name is another domain's";
}

}  // namespace
}  // namespace todoku::mailauth
