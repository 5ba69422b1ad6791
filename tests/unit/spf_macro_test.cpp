// SPDX-License-Identifier: Apache-2.0
// Macros of SPF: the examples of RFC 7208 section 7.4, and the grammar of section 7.1.
#include "proxy/mailauth/spf_macro.hpp"

#include <gtest/gtest.h>

namespace todoku::mailauth {
namespace {

SpfMacroValues values(std::string_view client = "192.0.2.3") {
  return {"strong-bad",           "email.example.com",
          "email.example.com",    *wire::IpAddress::parse(client),
          "mx.example.org",       "hello.example.org",
          "receiver.example.net", std::chrono::seconds(1'700'000'000)};
}

TEST(SpfMacro, ExpandsAsTheRfcShows) {
  const std::pair<const char*, const char*> examples[] = {
      {"%{s}", "strong-bad@email.example.com"},
      {"%{o}", "email.example.com"},
      {"%{d4}", "email.example.com"},
      {"%{d3}", "email.example.com"},
      {"%{d2}", "example.com"},
      {"%{d1}", "com"},
      {"%{dr}", "com.example.email"},
      {"%{d2r}", "example.email"},
      {"%{l}", "strong-bad"},
      {"%{l-}", "strong.bad"},
      {"%{lr}", "strong-bad"},
      {"%{lr-}", "bad.strong"},
      {"%{l1r-}", "strong"},
      {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
      {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
      {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
      {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
      {"%{p} %{h} %{c} %{r} %{t} %%%_%-",
       "mx.example.org hello.example.org 192.0.2.3 receiver.example.net 1700000000 % %20"},
      {"%{S}", "strong-bad%40email.example.com"},
      {"%{D2}", "example.com"},
  };
  for (const auto& [text, expected] : examples) {
    EXPECT_EQ(expand_macros(text, values()), expected) << text;
  }
  EXPECT_EQ(expand_macros("%{ir}.%{v}._spf.%{d2}", values("2001:db8::cb01")),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
}

TEST(SpfMacro, TheGrammarIsKept) {
  for (const char* right : {"%{i}", "%{d2r-.}", "a%%b%_%-", "%{H}", "", "x/y:z"}) {
    EXPECT_TRUE(is_macro_string(right)) << right;
  }
  for (const char* wrong : {"%", "%a", "%{", "%{}", "%{z}", "%{d0}", "%{d2x}", "%{dr2}", "%{d",
                            "%{c}", "%{t}", "%{r}", "a b", "\x80", "\x7f", "%{d:}"}) {
    EXPECT_FALSE(is_macro_string(wrong)) << wrong;
  }
  EXPECT_TRUE(is_explain_string("%{c} at %{t}, see %{r}"));
  EXPECT_FALSE(is_explain_string("%{z}"));
  EXPECT_FALSE(is_explain_string("tab\there"));
}

TEST(SpfMacro, ANameEndsInATopLevelDomainOrAMacro) {
  for (const char* right : {"example.com", "example.com.", "_spf.example.com", "%{d}", "a.%{d2}",
                            "%{d}.example.xn--zckzah", "foo:bar/baz.example.com", "x.a-1"}) {
    EXPECT_TRUE(is_domain_spec(right)) << right;
  }
  for (const char* wrong : {"", "museum", "museum.", "example.123", "example.-com", "example.com-",
                            "example..", "%{d}com", "%%", "a.%_", "example.c_m"}) {
    EXPECT_FALSE(is_domain_spec(wrong)) << wrong;
  }
}

TEST(SpfMacro, ALongNameLosesLabelsAtItsLeft) {
  auto facts = values();
  facts.local_part = std::string(62, 'a') + "." + std::string(62, 'b') + "." +
                     std::string(62, 'c') + "." + std::string(62, 'd');
  const auto name = expand_domain("%{l}.example.com", facts);
  EXPECT_EQ(name, facts.local_part.substr(63) + ".example.com");
}

TEST(SpfMacro, KnowsWhetherTheClientsNameIsNeeded) {
  EXPECT_TRUE(names_client("a.%{p2}.example"));
  EXPECT_TRUE(names_client("%{P}"));
  EXPECT_FALSE(names_client("%{h}.p.%%{p}"));
}

}  // namespace
}  // namespace todoku::mailauth
