// SPDX-License-Identifier: Apache-2.0
// Does a domain take mail, by what the DNS says?
#include "proxy/facts/mail_host_check.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>

namespace todoku::facts {
namespace {

using addresses::Dns;
using testing::ElementsAre;
using testing::IsEmpty;

Dns verdict(const support::FakeDns& dns, const std::string& domain) {
  MailHostCheck check(domain);
  dns.run(check);
  return check.verdict();
}

TEST(MailHostCheck, an_mx_takes_mail) {
  support::FakeDns dns;
  dns.mx("koinca.jp", "mx1.koinca.jp").mx("koinca.jp", "mx2.koinca.jp");
  MailHostCheck check("koinca.jp");
  EXPECT_THAT(dns.run(check), ElementsAre("koinca.jp"));
  EXPECT_EQ(check.verdict(), Dns::exists);
  EXPECT_THAT(check.exchangers(), ElementsAre("mx1.koinca.jp", "mx2.koinca.jp"));
}

TEST(MailHostCheck, without_an_mx_the_address_does) {
  support::FakeDns dns;
  dns.address("four.jp", "192.0.2.1").address("six.jp", "2001:db8::1").txt("text.jp", "x");
  EXPECT_EQ(verdict(dns, "four.jp"), Dns::exists);
  EXPECT_EQ(verdict(dns, "six.jp"), Dns::exists);
  EXPECT_EQ(verdict(dns, "text.jp"), Dns::no_mail_host);
}

TEST(MailHostCheck, a_null_mx_takes_none) {
  support::FakeDns dns;
  dns.mx("null.jp", "").address("null.jp", "192.0.2.1");
  MailHostCheck check("null.jp");
  dns.run(check);
  EXPECT_EQ(check.verdict(), Dns::null_mx);
  EXPECT_THAT(check.exchangers(), IsEmpty());
}

TEST(MailHostCheck, a_name_that_does_not_exist_is_told_at_once) {
  const support::FakeDns dns;
  MailHostCheck check("nowhere.jp");
  EXPECT_THAT(dns.run(check), ElementsAre("nowhere.jp"));
  EXPECT_EQ(check.verdict(), Dns::no_such_name);
}

TEST(MailHostCheck, a_failing_answer_is_no_evidence_at_any_step) {
  for (const auto type : {wire::RecordType::mx, wire::RecordType::a, wire::RecordType::aaaa}) {
    for (const auto status : {wire::DnsStatus::server_failed, wire::DnsStatus::timed_out}) {
      support::FakeDns dns;
      dns.txt("koinca.jp", "it exists").fails("koinca.jp", type, status);
      EXPECT_EQ(verdict(dns, "koinca.jp"), Dns::unknown) << wire::to_string(type);
    }
  }
}

}  // namespace
}  // namespace todoku::facts
