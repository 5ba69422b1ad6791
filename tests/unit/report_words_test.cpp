// SPDX-License-Identifier: Apache-2.0
// Addresses, codes, commands and hosts in the words of mail servers; the fields of a status part.
#include "classifier/report/address.hpp"
#include "classifier/report/codes.hpp"
#include "classifier/report/delivery_report.hpp"
#include "classifier/report/phrasebook.hpp"
#include "classifier/report/recipient_line.hpp"
#include "classifier/report/smtp_words.hpp"
#include "classifier/report/status_part.hpp"
#include "classifier/report/transcript.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace todoku::report {
namespace {

TEST(Address, is_found_in_every_form_of_the_field) {
  EXPECT_EQ(address_in_field("rfc822; jiro@shop.example"), "jiro@shop.example");
  EXPECT_EQ(address_in_field("RFC822;<jiro@shop.example>"), "jiro@shop.example");
  EXPECT_EQ(address_in_field("rfc/822;jiro@shop.example"), "jiro@shop.example");
  EXPECT_EQ(address_in_field("<jiro@shop.example>"), "jiro@shop.example");
  EXPECT_EQ(address_in_field("rfc822;@relay.example:jiro@shop.example"), "jiro@shop.example");
  EXPECT_EQ(address_in_field("rfc822;jiro+2Ba+40shop.example"), "jiro+a@shop.example");
  EXPECT_EQ(address_in_field("rfc822;jiro+40@shop.example"), "jiro+40@shop.example");
  EXPECT_EQ(address_in_field("rfc822;jiro@hub"), "jiro@hub");
  EXPECT_EQ(address_in_field("rfc822;|/usr/bin/sort a@b.example /home"), "");
  EXPECT_EQ(address_in_field("rfc822;/var/mail/jiro"), "");
}

TEST(Address, is_found_in_a_sentence) {
  const auto found = find_address("could not reach <jiro.o'x+1@shop.example>.");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, "jiro.o'x+1@shop.example");
  EXPECT_EQ(found->begin, 16U);
  EXPECT_EQ(find_address("\"a b\"@shop.example")->address, "\"a b\"@shop.example");
  EXPECT_EQ(find_address("じろう@例え.jp へ")->address, "じろう@例え.jp");
  EXPECT_FALSE(find_address("@ @@ a@ @b"));
}

// Japanese sets no blanks around an address.
TEST(Address, ends_where_the_sentence_around_it_goes_on) {
  for (const auto* text :
       {"宛先：jiro@shop.example", "宛先jiro@shop.exampleに届きません", "「jiro@shop.example」へ",
        "　jiro@shop.example　", "（jiro@shop.example）", "＜jiro@shop.example＞",
        "相手 (jiro@shop.example様) に", "jiro@shop.example、saburo@shop.example",
        "jiro@shop.example。次", "\xc2\xa0jiro@shop.example\xc2\xa0", "“jiro@shop.example”"}) {
    const auto found = find_address(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->address, "jiro@shop.example") << text;
  }
  // What may be in one stays.
  for (const auto* address : {"じろう@例え.jp", "佐々木@例え.テスト", "josé@shop.example",
                              "jiro@日本abc.jp", "jiro@münchen.example"})
    EXPECT_EQ(find_address(std::string("to <") + address + ">")->address, address);
}

TEST(Report, reads_lines_that_are_set_in_with_wide_blanks) {
  const auto told = [](std::string_view indent, std::string_view blank_line) {
    std::string mail =
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n"
        "Content-Type: text/plain; charset=utf-8\n\n";
    for (const std::string_view line :
         {"Your message could not be delivered to one or more recipients:", "",
          "<jiro@shop.example>: 550 5.1.1 User unknown", "",
          "<saburo@home.example>: 552 5.2.2 Mailbox full", "",
          "--- Below this line is a copy of the message.", "", "To: goro@office.example"})
      mail.append(line.empty() ? blank_line : indent).append(line).append("\n");
    std::string out;
    for (const auto& one : read(mail).recipients) out += one.address + " " + one.status + "; ";
    return out;
  };
  EXPECT_EQ(told("", ""), "jiro@shop.example 5.1.1; saburo@home.example 5.2.2; ");
  EXPECT_EQ(told("　", ""), told(" ", ""));
  EXPECT_EQ(told("　　", "　"), told("  ", ""));
  EXPECT_EQ(told("\xc2\xa0 ", "\xc2\xa0"), told("  ", ""));
}

struct CodeCase {
  std::string_view text, reply, status;
};

TEST(Codes, are_taken_from_the_decisive_reply) {
  for (const auto& one : {
           CodeCase{"550 5.1.1 <a@b>... unknown", "550", "5.1.1"},
           CodeCase{"550-5.7.26 not authenticated. 550 5.7.26 See", "550", "5.7.26"},
           CodeCase{"554 4.4.7 expired <421 4.4.2 timed out>", "421", "4.4.2"},
           CodeCase{"5.1.0 - Unknown 550-'5.2.2 <a@b>... full'", "550", "5.2.2"},
           CodeCase{"#550 5.1.1 RESOLVER.ADR; not found ##", "550", "5.1.1"},
           CodeCase{"Sorry, no mailbox here by that name. (#5.1.1)", "", "5.1.1"},
           CodeCase{"550 unknown user 554 5.0.0 Service unavailable", "550", "5.0.0"},
           CodeCase{"said: 452 try later", "452", ""},
           CodeCase{"ERROR_CODE :550, ERROR_CODE :5.2.1 no", "550", "5.2.1"},
           CodeCase{"responded: [550 5.1.1 unknown]", "550", "5.1.1"},
       }) {
    const auto codes = codes_in(one.text);
    EXPECT_EQ(codes.reply, one.reply) << one.text;
    EXPECT_EQ(codes.status, one.status) << one.text;
  }
}

TEST(Codes, numbers_that_only_look_like_codes_are_passed_over) {
  for (const std::string_view text :
       {"connect to mx[192.0.2.1]:550: timed out", "queue id 450", "[450]",
        "software version 5.1.2", "host 4.5.1.2", "id=550 x", "port 550 closed", "599999 bytes",
        "at 2025-10-14", "tel 555-1234", "x550 y", "larger than 500 MB",
        "limit of 450 messages per hour"}) {
    const auto codes = codes_in(text);
    EXPECT_EQ(codes.reply, "") << text;
    EXPECT_EQ(codes.status, "") << text;
  }
}

TEST(Codes, the_status_that_says_more_counts_within_its_class) {
  EXPECT_EQ(better_status("5.0.0", "5.7.54"), "5.7.54");
  EXPECT_EQ(better_status("5.2.2", "5.0.0"), "5.2.2");
  EXPECT_EQ(better_status("5.1.1", "5.7.1"), "5.7.1");
  EXPECT_EQ(better_status("5.2.2", "4.2.2"), "5.2.2");
  EXPECT_EQ(better_status("4.4.7", "4.4.1"), "4.4.1");
  EXPECT_EQ(better_status("", "5.1.1"), "5.1.1");
}

TEST(SmtpWords, name_the_command) {
  for (const auto& [text, command] : {
           std::pair<std::string_view, std::string_view>{"x (in reply to RCPT TO command)", "RCPT"},
           {"x (in reply to end of DATA command)", "EOM"},
           {"SMTP error from remote mail server after MAIL FROM:<a@b> SIZE=1:", "MAIL"},
           {"SMTP error from remote mail server after initial connection:", "CONNECT"},
           {"host mx[192.0.2.1] refused to talk to me: 421", "CONNECT"},
           {"mx did not like our final DATA:", "EOM"},
           {"192.0.2.1 does not like recipient.", "RCPT"},
           {"lost connection while performing the HELO handshake", "EHLO"},
           {"550 unknown user", ""},
       }) {
    EXPECT_EQ(command_named(text), command) << text;
  }
}

TEST(SmtpWords, name_the_server_but_not_the_client) {
  EXPECT_EQ(peer_named("host mx1.shop.example[192.0.2.44] said: 550").host, "mx1.shop.example");
  EXPECT_EQ(peer_named("host mx1.shop.example[192.0.2.44] said: 550").ip, "192.0.2.44");
  EXPECT_EQ(peer_named("connect to mx.shop.example[2001:db8::1]:25: no").ip, "2001:db8::1");
  EXPECT_EQ(peer_named("... while talking to mx1.shop.example.:").host, "mx1.shop.example");
  EXPECT_EQ(peer_named("554 Client host [192.0.2.7] blocked").ip, "");
  EXPECT_EQ(peer_in_field("dns; mx.shop.example. (192.0.2.44, the server for x)").ip, "192.0.2.44");
  EXPECT_EQ(peer_in_field("dns;mx.shop.example (TCP|192.0.2.9|47323|192.0.2.44|25)").ip,
            "192.0.2.44");
  EXPECT_EQ(peer_in_field("dns; [192.0.2.44]").ip, "192.0.2.44");
}

TEST(StatusPart, reads_fields_in_any_order_and_shape) {
  const auto part = read_status_part(
      "Reporting-MTA: dns; mx.example\n\nDiagnostic-Code: smtp; 550 a\n b\nSTATUS:5.1.1\n"
      "Final-Recipient : rfc822;a@b\n\nFinal-Recipient: rfc822;c@d\nAction: failed\n"
      "Final-Recipient: rfc822;e@f\nAction: delayed\n");
  EXPECT_EQ(part.reporting_mta, "dns; mx.example");
  ASSERT_EQ(part.blocks.size(), 3U);
  EXPECT_EQ(part.blocks[0].diagnostic, "smtp; 550 a b");
  EXPECT_EQ(part.blocks[0].status, "5.1.1");
  EXPECT_EQ(part.blocks[1].action, "failed");
  EXPECT_EQ(part.blocks[2].action, "delayed");
}

TEST(StatusPart, a_diagnostic_may_have_no_type) {
  EXPECT_EQ(diagnostic_text("smtp; 550 x"), "550 x");
  EXPECT_EQ(diagnostic_text("X-Postfix; x; y"), "x; y");
  EXPECT_EQ(diagnostic_text("550 no; really"), "550 no; really");
}

TEST(RecipientLine, knows_its_forms) {
  EXPECT_EQ(recipient_line("<a@b.example>: host x said")->reason, "host x said");
  EXPECT_TRUE(recipient_line("<a@b.example>:")->is_certain);
  EXPECT_EQ(recipient_line("\"a@b.example\":")->address, "a@b.example");
  EXPECT_EQ(recipient_line("550 <a@b.example>... unknown")->reason, "550 <a@b.example>... unknown");
  EXPECT_EQ(recipient_line("554 <a@b.example>... 550 unknown")->reason, "550 unknown");
  EXPECT_EQ(recipient_line("a@b.example [User unknown]")->reason, "User unknown");
  EXPECT_EQ(recipient_line("* a@b.example")->address, "a@b.example");
  EXPECT_EQ(recipient_line("<x@hub> (expanded from <a@b.example>): no")->alias, "a@b.example");
  EXPECT_FALSE(recipient_line("please write to a@b.example"));
  EXPECT_FALSE(recipient_line("<support>"));
}

// HTML makes one blank of Postfix's two.
TEST(Transcript, knows_a_dialogue_that_has_begun) {
  Transcript transcript;
  EXPECT_FALSE(transcript.take("In: short, nothing went out"));
  for (const std::string_view line :
       {"Out: 220 mx.office.example ESMTP Postfix", "In: MAIL FROM:<hanako@office.example>",
        "Out: 250 2.1.0 Ok", "In: RCPT TO:<jiro@shop.example>",
        "Out: 554 5.7.1 <jiro@shop.example>: Relay access denied", "In: QUIT"})
    EXPECT_TRUE(transcript.take(line)) << line;
  ASSERT_EQ(transcript.refusals().size(), 1U);
  EXPECT_EQ(transcript.refusals()[0].recipient, "jiro@shop.example");
}

TEST(Transcript, an_answer_belongs_to_its_command) {
  Transcript transcript;
  for (const auto line : {"... while talking to mx.shop.example.:", ">>> RCPT To:<a@b.example>",
                          "<<< 550-no such", "<<< 550 user", ">>> DATA", "<<< 503 need RCPT"}) {
    EXPECT_TRUE(transcript.take(line)) << line;
  }
  ASSERT_EQ(transcript.refusals().size(), 1U);
  const auto& refusal = transcript.refusals().front();
  EXPECT_EQ(refusal.text, "550-no such 550 user");
  EXPECT_EQ(refusal.command, "RCPT");
  EXPECT_EQ(refusal.host, "mx.shop.example");
  EXPECT_EQ(refusal.recipient, "a@b.example");
  EXPECT_FALSE(transcript.take("550 5.1.1 <a@b.example>... User unknown"));
}

TEST(Phrasebook, the_longest_beginning_counts) {
  const auto* phrase = find_phrase("Your message to the following recipients cannot be delivered");
  ASSERT_NE(phrase, nullptr);
  EXPECT_EQ(phrase->begins, "your message to the following");
  EXPECT_EQ(find_phrase("Dear customer"), nullptr);
  EXPECT_EQ(find_phrase(""), nullptr);
}

}  // namespace
}  // namespace todoku::report
