// SPDX-License-Identifier: Apache-2.0
// The same content sent again.
#include "proxy/facts/recent_contents.hpp"

#include "proxy/skeleton/scanner.hpp"

#include <gtest/gtest.h>

namespace todoku::facts {
namespace {

using namespace std::chrono_literals;

std::optional<std::uint64_t> digest(const std::string& mail,
                                    std::vector<std::string> recipients = {"rin@koinca.jp"}) {
  smtp::Envelope envelope;
  for (auto& address : recipients) envelope.recipients.push_back({std::move(address), "", ""});
  skeleton::Scanner scanner;
  scanner.feed(mail);
  return content_digest("work", envelope, scanner.finish());
}

std::string with_file(const std::string& boundary, const std::string& file) {
  return "Subject: plan\r\nContent-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" +
         boundary + "\r\n\r\nGood morning.\r\n--" + boundary +
         "\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n" + file + "\r\n--" + boundary +
         "--\r\n";
}

TEST(ContentDigest, does_not_count_what_differs_by_itself) {
  const auto first = digest("Date: a\r\n" + with_file("b1", "%PDF-1"), {"a@b.jp", "C@d.jp"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first, digest("Date: b\r\n" + with_file("b2", "%PDF-1"), {"c@d.jp", "a@b.jp"}));
}

TEST(ContentDigest, counts_text_files_subject_and_people) {
  const auto first = digest(with_file("b", "%PDF-1"));
  EXPECT_NE(first, digest(with_file("b", "%PDF-2")));
  EXPECT_NE(first, digest(with_file("b", "%PDF-1"), {"sora@koinca.jp"}));
  EXPECT_NE(digest("Subject: a\r\n\r\nx\r\n"), digest("Subject: b\r\n\r\nx\r\n"));
  EXPECT_NE(digest("Subject: a\r\n\r\nx\r\n"), digest("Subject: a\r\n\r\ny\r\n"));
}

TEST(ContentDigest, counts_every_byte_of_a_long_text) {
  const std::string head = "Subject: a\r\n\r\n";
  const std::string text(1000, 'x');
  const auto first = digest(head + text);
  for (const std::size_t at : {0U, 7U, 8U, 31U, 500U, 991U, 999U}) {
    auto other = text;
    other[at] = 'y';
    EXPECT_NE(first, digest(head + other)) << at;
  }
  auto swapped = text;
  swapped[0] = 'y';
  auto elsewhere = text;
  elsewhere[32] = 'y';
  EXPECT_NE(digest(head + swapped), digest(head + elsewhere));
}

TEST(ContentDigest, needs_a_text) {
  EXPECT_FALSE(digest("Subject: a\r\n\r\n\r\n"));
  EXPECT_FALSE(digest("Content-Type: application/pkcs7-mime\r\n\r\nMIIB\r\n"));
}

TEST(RecentContents, tells_how_long_ago_another_message_was_the_same) {
  RecentContents contents;
  const RecentContents::Time then{};
  contents.remember(7, "<1@example>", 10min, then);
  EXPECT_EQ(contents.sent_before(7, "<2@example>", 10min, false, then + 90s), 90s);
  EXPECT_FALSE(contents.sent_before(8, "<2@example>", 10min, false, then + 90s));
  EXPECT_FALSE(contents.sent_before(7, "<2@example>", 10min, false, then + 11min));
  EXPECT_FALSE(contents.sent_before(7, "<1@example>", 10min, false, then + 90s))
      << "a repeat of it";
  EXPECT_TRUE(contents.sent_before(7, "", 10min, false, then + 90s));
}

TEST(RecentContents, says_nothing_of_what_goes_out_on_purpose_again_and_again) {
  RecentContents contents;
  RecentContents::Time now{};
  for (std::size_t times = 1; times <= RecentContents::on_purpose; ++times) {
    EXPECT_EQ(contents.sent_before(7, "", 10min, false, now).has_value(), times > 1) << times;
    contents.remember(7, "", 10min, now);
    now += 1min;
  }
  EXPECT_FALSE(contents.sent_before(7, "", 10min, false, now));
  EXPECT_TRUE(contents.sent_before(7, "", 10min, true, now)) << "what is held back counts each";
  contents.remember(7, "", 10min, now + 1h);
  EXPECT_TRUE(contents.sent_before(7, "", 10min, false, now + 1h)) << "it begins anew";
}

TEST(RecentContents, stays_small) {
  RecentContents contents;
  const RecentContents::Time now{};
  for (std::uint64_t i = 0; i < 2 * RecentContents::most; ++i) contents.remember(i, "", 1min, now);
  EXPECT_TRUE(contents.sent_before(2 * RecentContents::most - 1, "", 1min, false, now));
  EXPECT_FALSE(contents.sent_before(0, "", 1min, false, now));
}

}  // namespace
}  // namespace todoku::facts
