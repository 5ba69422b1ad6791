// SPDX-License-Identifier: Apache-2.0
// The mails that Todoku writes: whole, 7 bits, nothing smuggled in.
#include "proxy/delivery/notice_mail.hpp"

#include "proxy/delivery/mime_text.hpp"
#include "tests/support/notice_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace todoku::delivery {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void expect_mail_lines(const std::string& bytes) {
  std::size_t column = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    const bool is_bare_lf = c == '\n' && (at == 0 || bytes[at - 1] != '\r');
    const bool is_bare_cr = c == '\r' && (at + 1 == bytes.size() || bytes[at + 1] != '\n');
    EXPECT_FALSE(is_bare_lf || is_bare_cr) << at;
    EXPECT_GT(c, 0) << at;
    column = c == '\n' ? 0 : column + 1;
    EXPECT_LE(column, 999U);  // the CR counts here
  }
}

TEST(NoticeMail, IsSevenBitsWithMailLines) {
  const auto mail = notice_mail(tests::notice_facts());
  EXPECT_FALSE(mail.needs_smtputf8);
  expect_mail_lines(mail.bytes);
}

TEST(NoticeMail, SaysWhatHappenedToEachRecipient) {
  const auto bytes = notice_mail(tests::notice_facts()).bytes;
  EXPECT_THAT(bytes, HasSubstr("Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\n"
                               "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such"));
  EXPECT_THAT(bytes, HasSubstr("Final-Recipient: rfc822; c@d.test\r\nAction: failed\r\n"
                               "Status: 4.4.2\r\n\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Final-Recipient: rfc822; e@f.test\r\nAction: delayed\r\n"
                               "Status: 4.0.0\r\nDiagnostic-Code: smtp; 451 later\r\n"
                               "Will-Retry-Until: Mon, 18 Jan 2027 08:00:00 +0000\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Final-Recipient: utf-8; \\x{65E5}\\x{672C}@\\x{4F8B}.test\r\n"
                               "Action: failed\r\nStatus: 4.4.7\r\n"));
}

TEST(NoticeMail, HasTheHeadersOfAnAutomaticMail) {
  const auto bytes = notice_mail(tests::notice_facts()).bytes;
  EXPECT_THAT(bytes, StartsWith("Date: Fri, 15 Jan 2027 09:00:00 +0000\r\nFrom: =?UTF-8?B?"));
  EXPECT_THAT(bytes, HasSubstr("\r\n <me@example.test>\r\nTo: <me@example.test>\r\n"
                               "Message-ID: <0NOTICE12345.todoku@example.test>\r\n"
                               "In-Reply-To:\r\n <1@example.test>\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nAuto-Submitted: auto-replied\r\n"));
}

TEST(NoticeMail, NothingIsSmuggledIn) {
  auto facts = tests::notice_facts();
  facts.original_message_id = "<1@x>\r\nBcc: <a@b>";
  facts.recipients.front().address = "a@b.test\r\nAction: delivered";
  const auto bytes = notice_mail(facts).bytes;
  expect_mail_lines(bytes);
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nBcc:")));
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nAction: delivered")));
  EXPECT_THAT(bytes, Not(HasSubstr("secret@b.test")));
  EXPECT_THAT(bytes, Not(HasSubstr("other@b.test")));
}

TEST(NoticeMail, ASenderBeyondAsciiNeedsSmtputf8) {
  auto facts = tests::notice_facts();
  facts.address = "私@例.test";
  EXPECT_TRUE(notice_mail(facts).needs_smtputf8);
}

TEST(MimeText, EncodedWordsKeepCharactersWhole) {
  EXPECT_EQ(encoded_words("Plain"), "Plain");
  EXPECT_EQ(encoded_words("件"), "=?UTF-8?B?5Lu2?=");
  EXPECT_EQ(encoded_words("=?x?="), "=?UTF-8?B?PT94Pz0=?=");
}

TEST(MimeText, QuotedPrintableKeepsLinesShort) {
  EXPECT_EQ(quoted_printable_body("a=b \nc"), "a=3Db=20\r\nc\r\n");
  expect_mail_lines(quoted_printable_body(std::string(5000, '\x80')));
}

TEST(MimeText, FieldsFoldAtSpaces) {
  EXPECT_EQ(folded_field("A", "b\r\nc"), "A: b c\r\n");
  expect_mail_lines(folded_field("A", std::string(5000, 'x')));
}

}  // namespace
}  // namespace todoku::delivery
