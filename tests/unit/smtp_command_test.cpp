// SPDX-License-Identifier: Apache-2.0
// The grammar of command lines, with the forms real clients send.
#include "proxy/smtp/command.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

Capabilities everything() {
  Capabilities told;
  told.dsn = true;
  told.smtputf8 = true;
  return told;
}

int mail_code(std::string_view argument) {
  Envelope envelope;
  const auto refused = read_mail(argument, everything(), envelope);
  return refused ? refused->code : 0;
}

std::string sender_of(std::string_view argument) {
  Envelope envelope;
  const auto refused = read_mail(argument, everything(), envelope);
  return refused ? "refused: " + to_line(*refused) : envelope.sender;
}

std::string recipient_of(std::string_view argument, bool smtputf8 = false) {
  Recipient recipient;
  const auto refused = read_rcpt(argument, everything(), smtputf8, recipient);
  return refused ? std::to_string(refused->code) + " " + refused->status : recipient.address;
}

TEST(Command, knows_verbs_in_any_case) {
  EXPECT_EQ(parse_command("eHlO  [127.0.0.1] ").verb, Verb::ehlo);
  EXPECT_EQ(parse_command("eHlO  [127.0.0.1] ").argument, "[127.0.0.1]");
  EXPECT_EQ(parse_command("BDAT 3 LAST").verb, Verb::not_offered);
  EXPECT_EQ(parse_command("EXPN list").verb, Verb::not_offered);
  EXPECT_EQ(parse_command("mypassword").verb, Verb::unknown);
  EXPECT_EQ(parse_command("").verb, Verb::unknown);
}

TEST(Command, knows_browsers) {
  for (const char* line : {"GET / HTTP/1.1", "POST / HTTP/1.1", "PUT /", "HEAD /", "OPTIONS *",
                           "DELETE /", "CONNECT a:1", "PATCH /", "PRI * HTTP/2.0",
                           "PROPFIND /x HTTP/1.1", "Host: localhost", "host:localhost"})
    EXPECT_EQ(parse_command(line).verb, Verb::http) << line;
}

TEST(Command, reads_paths_leniently) {
  EXPECT_EQ(sender_of("FROM:<a@example.jp>"), "a@example.jp");
  EXPECT_EQ(sender_of("from: <a@example.jp> SIZE=10"), "a@example.jp");
  EXPECT_EQ(sender_of("FROM : a@example.jp"), "a@example.jp");
  EXPECT_EQ(sender_of("FROM:<>"), "");
  EXPECT_EQ(sender_of("FROM:<@relay.jp,@b.jp:a@example.jp>"), "a@example.jp");
  EXPECT_EQ(recipient_of("TO:<a..b.@docomo.ne.jp>"), "a..b.@docomo.ne.jp");
  EXPECT_EQ(recipient_of("TO:<.a+tag@example.jp.>"), ".a+tag@example.jp.");
  EXPECT_EQ(recipient_of("TO:<\"a b>@\\\"c\"@example.jp>"), "\"a b>@\\\"c\"@example.jp");
  EXPECT_EQ(recipient_of("TO:<a@[192.0.2.1]>"), "a@[192.0.2.1]");
  EXPECT_EQ(recipient_of("TO:<Postmaster>"), "Postmaster");
}

TEST(Command, refuses_what_is_no_address) {
  for (const char* argument :
       {"TO:<>", "TO:<a>", "TO:<@b>", "TO:<a@>", "TO:<a b@c>", "TO:<a@b c>", "TO:<a@b@c>",
        "TO:<\"a@b>", "TO:<a@b>x", "TO:<a,b@c>", "TO:<a\x01@b>", "FROM:<a@b>", "TO:", "TO", ""})
    EXPECT_EQ(recipient_of(argument).substr(0, 5), "501 5") << argument;
  EXPECT_EQ(recipient_of("TO:<" + std::string(600, 'a') + "@b.jp>"), "501 5.1.3");
}

TEST(Command, other_scripts_need_smtputf8) {
  const std::string address = "\xE5\xB1\xB1@\xE4\xBE\x8B.jp";
  EXPECT_EQ(recipient_of("TO:<" + address + ">"), "553 5.6.7");
  EXPECT_EQ(recipient_of("TO:<" + address + ">", true), address);
  EXPECT_EQ(recipient_of("TO:<\xE5@b.jp>", true), "553 5.6.7");
  EXPECT_EQ(mail_code("FROM:<" + address + ">"), 553);
  EXPECT_EQ(mail_code("FROM:<" + address + "> SMTPUTF8"), 0);
}

TEST(Command, reads_mail_parameters_in_any_order_and_case) {
  Envelope envelope;
  EXPECT_FALSE(read_mail("FROM:<a@b.jp> envid=<1@x=y+z> Ret=hdrs AUTH=<>  body=8bitmime size=123",
                         everything(), envelope));
  EXPECT_EQ(envelope.declared_size, 123U);
  EXPECT_EQ(envelope.body, BodyType::eight_bit_mime);
  EXPECT_EQ(envelope.ret, "HDRS");
  EXPECT_EQ(envelope.envelope_id, "<1@x=y+z>");
}

TEST(Command, refuses_wrong_parameters) {
  EXPECT_EQ(mail_code("FROM:<a@b.jp> FOO=1"), 555);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> BODY=BINARYMIME"), 555);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> SIZE=12x"), 501);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> SIZE="), 501);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> SIZE=1 SIZE=2"), 501);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> SIZE=99999999999999999999999"), 552);
  EXPECT_EQ(mail_code("FROM:<a@b.jp> RET=SOME"), 501);
  Envelope envelope;
  EXPECT_EQ(read_mail("FROM:<a@b.jp> RET=FULL", {}, envelope)->code, 555);
  EXPECT_EQ(read_mail("FROM:<a@b.jp> SMTPUTF8", {}, envelope)->code, 555);
}

TEST(Command, reads_delivery_status_parameters) {
  Recipient recipient;
  EXPECT_FALSE(read_rcpt("TO:<a@b.jp> NOTIFY=success,FAILURE ORCPT=rfc822;a+40b.jp", everything(),
                         false, recipient));
  EXPECT_EQ(recipient.notify, "success,FAILURE");
  EXPECT_EQ(recipient.original_recipient, "rfc822;a+40b.jp");
  EXPECT_EQ(recipient_of("TO:<a@b.jp> NOTIFY=NEVER,DELAY"), "501 5.5.4");
  EXPECT_EQ(recipient_of("TO:<a@b.jp> ORCPT=x"), "501 5.5.4");
  EXPECT_EQ(recipient_of("TO:<a@b.jp> SIZE=1"), "555 5.5.4");
}

}  // namespace
}  // namespace todoku::smtp
