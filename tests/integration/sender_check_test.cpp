// SPDX-License-Identifier: Apache-2.0
// How a sender's domain stands for the server that its mail goes through.
#include "proxy/facts/sender_check.hpp"

#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

namespace todoku::facts {
namespace {

using checks::AuthState;

support::FakeDns provider() {
  support::FakeDns dns;
  dns.txt("_spf.sending.example", "v=spf1 include:_one.sending.example ~all");
  dns.txt("_one.sending.example", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.7 ~all");
  dns.address("smtp.sending.example", "203.0.113.1");
  return dns;
}

checks::AuthFacts facts_of(const support::FakeDns& dns, bool is_provider_known = true) {
  SenderCheck check(
      {"koinca.jp", "smtp.sending.example", is_provider_known ? "_spf.sending.example" : ""},
      std::chrono::seconds(0));
  dns.run(check);
  return check.facts();
}

TEST(SenderCheck, a_record_that_names_the_provider_is_good) {
  auto dns = provider();
  dns.txt("koinca.jp", "v=spf1 mx include:_spf.sending.example -all");
  dns.txt("_dmarc.koinca.jp", "v=DMARC1; p=reject");
  const auto facts = facts_of(dns);
  EXPECT_EQ(facts.spf, AuthState::good);
  EXPECT_EQ(facts.dmarc, AuthState::good);
  EXPECT_EQ(facts.spf_record + facts.dmarc_record, "");
}

TEST(SenderCheck, so_is_one_that_names_its_addresses) {
  auto dns = provider();
  dns.txt("koinca.jp", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all");
  EXPECT_EQ(facts_of(dns).spf, AuthState::good);
}

TEST(SenderCheck, what_is_missing_comes_with_the_record) {
  auto dns = provider();
  dns.txt("koinca.jp", "site-verification=1");
  const auto facts = facts_of(dns);
  EXPECT_EQ(facts.spf, AuthState::missing);
  EXPECT_EQ(facts.spf_record, "koinca.jp TXT \"v=spf1 include:_spf.sending.example ~all\"");
  EXPECT_EQ(facts.dmarc, AuthState::missing);
  EXPECT_EQ(facts.dmarc_record, "_dmarc.koinca.jp TXT \"v=DMARC1; p=none\"");
  EXPECT_EQ(facts.dkim, AuthState::unknown);
}

TEST(SenderCheck, a_record_that_forbids_the_provider_is_broken_and_corrected) {
  for (const auto& [own, corrected] :
       {std::pair("v=spf1 ip4:203.0.113.9 -all",
                  "v=spf1 ip4:203.0.113.9 include:_spf.sending.example -all"),
        std::pair("v=spf1  a:smtp.sending.example ~all",
                  "v=spf1 a:smtp.sending.example include:_spf.sending.example ~all")}) {
    auto dns = provider();
    dns.txt("koinca.jp", own);
    const auto facts = facts_of(dns);
    EXPECT_EQ(facts.spf, AuthState::broken) << own;
    EXPECT_EQ(facts.spf_record, "koinca.jp TXT \"" + std::string(corrected) + "\"");
  }
}

TEST(SenderCheck, of_an_unknown_provider_nothing_is_called_broken) {
  auto dns = provider();
  dns.txt("koinca.jp", "v=spf1 ip4:203.0.113.9 -all");
  EXPECT_EQ(facts_of(dns, false).spf, AuthState::unknown) << "it may send from another address";
  auto other = provider();
  other.txt("koinca.jp", "v=spf1 ip4:203.0.113.1 -all");
  EXPECT_EQ(facts_of(other, false).spf, AuthState::good);
  EXPECT_EQ(facts_of(provider(), false).spf, AuthState::missing);
  EXPECT_EQ(facts_of(provider(), false).spf_record, "");
}

TEST(SenderCheck, what_cannot_be_read_or_does_not_answer_is_not_known) {
  using wire::DnsStatus;
  using wire::RecordType;
  auto neutral = provider();
  neutral.txt("koinca.jp", "v=spf1 mx");
  EXPECT_EQ(facts_of(neutral).spf, AuthState::unknown);
  auto damaged = provider();
  damaged.txt("koinca.jp", "v=spf1 ip4:nonsense -all");
  EXPECT_EQ(facts_of(damaged).spf, AuthState::unknown);
  auto own = provider();
  own.fails("koinca.jp", RecordType::txt, DnsStatus::timed_out);
  own.fails("_dmarc.koinca.jp", RecordType::txt);
  EXPECT_EQ(facts_of(own).spf, AuthState::unknown);
  EXPECT_EQ(facts_of(own).dmarc, AuthState::unknown);
  support::FakeDns silent;
  silent.txt("koinca.jp", "v=spf1 -all").fails("_spf.sending.example", RecordType::txt);
  EXPECT_EQ(facts_of(silent).spf, AuthState::unknown);
}

TEST(SenderCheck, a_provider_whose_records_go_in_a_circle_ends) {
  support::FakeDns dns;
  dns.txt("koinca.jp", "v=spf1 -all");
  dns.txt("_spf.sending.example", "v=spf1 include:_spf.sending.example include:b.example -all");
  EXPECT_EQ(facts_of(dns).spf, AuthState::unknown);
}

}  // namespace
}  // namespace todoku::facts
