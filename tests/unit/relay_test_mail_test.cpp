// SPDX-License-Identifier: Apache-2.0
// A test mail, and what its copy tells after several kinds of servers have had it.
#include "classifier/mail/line_ends.hpp"
#include "proxy/delivery/relay_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const RelayTest test{"spare", "taro@example.jp", "<ID.todoku@example.jp>"};

std::string sent() {
  return relay_test_mail(test, "taro@home.example", {"試し送り", "本文です。\n二行目"},
                         std::chrono::system_clock::time_point(std::chrono::hours(500'000)));
}

std::string with_line_feeds(const std::string& mail) {
  std::string storage;
  return std::string(mail::with_line_feeds(mail, storage));
}

RelayLesson lesson(const std::string& above, const std::string& mail = sent(),
                   std::vector<std::string> signed_by = {}) {
  const auto copy = with_line_feeds(above + mail);
  const auto found = relay_test_in(copy);
  EXPECT_TRUE(found.has_value());
  return lesson_of(found.value_or(test), copy, "smtp.relay.example", std::move(signed_by), {});
}

std::string outgoing(const std::string& above) {
  const auto found = lesson(above).outgoing;
  return found.empty() ? "" : found.front().to_string();
}

TEST(RelayTestMail, TellsOfItselfWhatWasSent) {
  const auto found = relay_test_in(with_line_feeds(sent()));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->fallback, "spare");
  EXPECT_EQ(found->from, "taro@example.jp");
  EXPECT_EQ(found->message_id, "<ID.todoku@example.jp>");
  EXPECT_THAT(sent(), HasSubstr("From: <taro@example.jp>\r\n"));
}

TEST(RelayTestMail, OtherMailIsNone) {
  EXPECT_FALSE(relay_test_in("From: a@b\n\nHello\n").has_value());
  EXPECT_FALSE(relay_test_in("").has_value());
  EXPECT_FALSE(relay_test_in("From: a@b\n\n> todoku-relay-test-name: spare\n").has_value());
  EXPECT_FALSE(relay_test_in("A: b\n\ntodoku-relay-test-name: spare\n").has_value());
}

TEST(RelayTestMail, KeptAsItWasIsFine) {
  const auto found = lesson("Return-Path: <taro@example.jp>\r\n");
  EXPECT_FALSE(found.rewrites_from);
  EXPECT_TRUE(found.keeps_message_id);
  EXPECT_EQ(found.return_path, "example.jp");
  EXPECT_EQ(found.from_domain, "example.jp");
  EXPECT_THAT(found.outgoing, IsEmpty());
}

TEST(RelayTestMail, ChangesAreSeen) {
  auto changed = sent();
  changed.replace(changed.find("<taro@example.jp>"), 17, "Office <info@relay.example>");
  changed.replace(changed.find("<ID.todoku"), 10, "<new");
  const auto found = lesson("Return-Path: <bounce+1@bounces.relay.example>\r\n", changed);
  EXPECT_TRUE(found.rewrites_from);
  EXPECT_EQ(found.from_seen, "info@relay.example");
  EXPECT_FALSE(found.keeps_message_id);
  EXPECT_EQ(found.return_path, "bounces.relay.example");
}

const char* const relays_own =
    "Received: from [192.168.0.9] (pc.isp.example [198.51.100.7])\r\n\tby smtp.relay.example with "
    "ESMTPSA id 1; Fri\r\n";

TEST(RelayTestMail, TheAddressIsTheOneThatHandedItToTheReceiver) {
  EXPECT_EQ(outgoing(std::string("Received: from mx (mx [10.0.0.1]) by store.home.example; Fri\r\n"
                                 "Received: from out.relay.example (out.relay.example "
                                 "[203.0.113.5])\r\n\tby mx.home.example; Fri\r\n"
                                 "Received: from smtp (smtp [10.1.1.1]) by out.relay.example\r\n") +
                     relays_own),
            "203.0.113.5");
  // Named by the relay's own stamp, where its servers have another domain.
  EXPECT_EQ(outgoing("Received: from mail-x.big.example ([IPv6:2001:db8::5]) by mx.home.example\r\n"
                     "Received: from 1.big.example by mail-x.big.example with SMTP\r\n"
                     "Received: from pc ([198.51.100.7]) by smtp1.big.example with ESMTPSA\r\n"),
            "2001:db8::5");
  EXPECT_EQ(outgoing(std::string("Received-SPF: pass (x) client-ip=203.0.113.9; envelope-from=a\r\n"
                                 "Received: from a ([203.0.113.5]) by mx.home.example\r\n") +
                     relays_own),
            "203.0.113.9");
}

TEST(RelayTestMail, WhereItCannotBeSeenNothingIsClaimed) {
  EXPECT_EQ(outgoing(relays_own), "");  // never left the relay's own house
  EXPECT_EQ(outgoing("Received: nonsense\r\nReceived: by\r\n"), "");
  EXPECT_EQ(
      outgoing(std::string("Received: from a (b [999.1.1.1]) by mx.home.example\r\n") + relays_own),
      "");
}

TEST(RelayTestMail, SignersAreTakenFromOurLookAndTheReceivers) {
  const auto found = lesson(
      "Authentication-Results: mx.home.example; spf=pass smtp.mailfrom=x;\r\n"
      "\tdkim=pass header.d=Relay.Example; dkim=fail header.d=bad.example;"
      " dkim=pass header.i=@example.jp\r\n",
      sent(), {"relay.example"});
  EXPECT_THAT(found.signs_as, ElementsAre("example.jp", "relay.example"));
}

}  // namespace
}  // namespace todoku::delivery
