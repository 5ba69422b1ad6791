// SPDX-License-Identifier: Apache-2.0

// Server URLs: what is read, what is refused, and that a password is never repeated.
#include "proxy/settings/server_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::settings {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string read(std::string_view text, UrlUse use = UrlUse::relay) {
  const auto parsed = parse_url(text, use);
  const auto* url = std::get_if<ServerUrl>(&parsed);
  return url != nullptr ? to_string(*url) : "refused: " + std::get<std::string>(parsed);
}

TEST(ServerUrl, DefaultPortsAreThoseOfTheServiceNames) {
  EXPECT_EQ(read("submission://a.example"), "submission://a.example:587");
  EXPECT_EQ(read("submissions://a.example"), "submissions://a.example:465");
  EXPECT_EQ(read("smtp://127.0.0.1"), "smtp://127.0.0.1:25");
  EXPECT_EQ(read("imaps://a.example", UrlUse::mailbox), "imaps://a.example:993");
  EXPECT_EQ(read("imap://a.example", UrlUse::mailbox), "imap://a.example:143");
  EXPECT_EQ(read("pop3s://a.example", UrlUse::mailbox), "pop3s://a.example:995");
  EXPECT_EQ(read("pop3://a.example", UrlUse::mailbox), "pop3://a.example:110");
}

TEST(ServerUrl, ReadsHostPortAndUser) {
  EXPECT_EQ(read("SUBMISSION://SV0000.Example.JP:2525/"), "submission://sv0000.example.jp:2525");
  EXPECT_EQ(read("submission://taro@a.example"), "submission://taro@a.example:587");
  EXPECT_EQ(read("submission://taro@b.example@a.example"),
            "submission://taro%40b.example@a.example:587");
  EXPECT_EQ(read("submission://taro%40b.example@a.example"),
            "submission://taro%40b.example@a.example:587");
  EXPECT_EQ(read("maildir:/home/taro/Maildir", UrlUse::mailbox), "maildir:/home/taro/Maildir");
  EXPECT_EQ(read("submission://127.0.0.1:0", UrlUse::listen), "submission://127.0.0.1:0");
}

TEST(ServerUrl, Ipv6StandsInBrackets) {
  EXPECT_EQ(read("submission://[::1]:1587", UrlUse::listen), "submission://[::1]:1587");
  EXPECT_EQ(read("submissions://[2001:DB8::a]"), "submissions://[2001:db8::a]:465");
  EXPECT_EQ(read("submission://[::ffff:192.0.2.1]"), "submission://[::ffff:192.0.2.1]:587");
  EXPECT_THAT(read("submission://::1:587"), HasSubstr("brackets: [::1]:587"));
  EXPECT_THAT(read("submission://[::1"), HasSubstr("without ']'"));
  EXPECT_THAT(read("submission://[1::2::3]"), HasSubstr("not a valid IPv6"));
  EXPECT_THAT(read("submission://[fe80::1%eth0]"), HasSubstr("zone"));
}

TEST(ServerUrl, NeverRepeatsAPassword) {
  for (const auto* text :
       {"submission://taro:geheim@a.example", "submission://taro:gehe/im@a.example:x",
        "submission://taro:gehe@im@a.example", "smpt://taro:geheim@a.example",
        "taro:geheim@a.example", "imaps://taro:geheim@a.example",
        "submission://taro:gehe?im@[::"}) {
    EXPECT_THAT(read(text), HasSubstr("refused: ")) << text;
    EXPECT_THAT(read(text), Not(HasSubstr("gehe"))) << text;
  }
  EXPECT_THAT(read("submission://taro:geheim@a.example"), HasSubstr("password must not stand"));
}

TEST(ServerUrl, SuggestsTheNearScheme) {
  EXPECT_THAT(read("submision://a.example"), HasSubstr("did you mean submission://?"));
  EXPECT_THAT(read("smtps://a.example"), HasSubstr("did you mean submissions://?"));
  EXPECT_THAT(read("stmp://127.0.0.1"), HasSubstr("did you mean smtp://?"));
  EXPECT_THAT(read("https://a.example"), HasSubstr("write for instance submission://"));
  EXPECT_THAT(read("a.example:587"), HasSubstr("begins with its scheme"));
}

TEST(ServerUrl, RefusesWhatDoesNotFitItsUse) {
  EXPECT_THAT(read("imaps://a.example"), HasSubstr("cannot take messages"));
  EXPECT_THAT(read("submission://a.example", UrlUse::mailbox), HasSubstr("cannot read a mailbox"));
  EXPECT_THAT(read("smtp://127.0.0.1:25", UrlUse::listen), HasSubstr("write submission://"));
  EXPECT_THAT(read("submission://taro@127.0.0.1", UrlUse::listen), HasSubstr("has no user"));
  EXPECT_THAT(read("maildir:", UrlUse::mailbox), HasSubstr("path is missing"));
}

TEST(ServerUrl, RefusesBadHostsAndPorts) {
  for (const auto* text :
       {"submission://", "submission://:587", "submission://a..b", "submission://-a.example",
        "submission://a b", "submission://a.example:", "submission://a.example:0",
        "submission://a.example:65536", "submission://a.example:+5", "submission://a.example/x",
        "submission://127.1", "submission://0127.0.0.1", "submission://256.0.0.1",
        "submission://0x7f000001", "submission://@a.example", "submission://%zz@a.example",
        "submission://日本.jp", "submission:a.example", ""}) {
    EXPECT_THAT(read(text), HasSubstr("refused: ")) << text;
  }
}

TEST(ServerUrl, LoopbackIsReadStrictly) {
  for (const auto* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.0.9", "::1",
                           "0:0:0:0:0:0:0:1", "0::0.0.0.1"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const auto* host : {"", "0.0.0.0", "::", "128.0.0.1", "127.0.0.1.example", "127.1",
                           "localhost.example", "::2", "::ffff:127.0.0.1", "*"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace todoku::settings
