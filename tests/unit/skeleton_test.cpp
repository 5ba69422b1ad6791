// SPDX-License-Identifier: Apache-2.0
// The skeleton of a message: its parts, sizes, texts and lines; the same for any pieces.
#include "proxy/skeleton/scanner.hpp"
#include "tests/support/two_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace todoku::skeleton {
namespace {

using mail::TransferEncoding;
using testing::ElementsAre;

TEST(Skeleton, ListsThePartsAsTheyCome) {
  const auto skeleton = read(two_parts);
  ASSERT_EQ(skeleton.parts.size(), 3U);
  EXPECT_EQ(skeleton.value("subject"), "two parts");
  EXPECT_EQ(skeleton.find("Subject")->line, 2U);
  const auto& whole = skeleton.parts[0];
  EXPECT_TRUE(whole.has_boundary && whole.is_opened && whole.is_closed);
  const auto& text = skeleton.parts[1];
  EXPECT_EQ(text.parent, 0U);
  EXPECT_EQ(text.depth, 1U);
  EXPECT_EQ(text.line, 8U);
  EXPECT_EQ(two_parts.substr(text.offset, 18), "Content-Type: text");
  EXPECT_EQ(text.text, "あ\n");
  EXPECT_EQ(text.octets, "\x1b$B$\"\x1b(B\n");
  const auto& file = skeleton.parts[2];
  EXPECT_TRUE(is_attachment(file));
  EXPECT_EQ(file.file_name, "表.pdf");
  EXPECT_EQ(file.disposition, "attachment");
  EXPECT_EQ(file.head, "%PDF-1.4");
  EXPECT_EQ(file.decoded_size, 8U);
  EXPECT_EQ(file.encoded_size, 14U);
  EXPECT_EQ(skeleton.size, two_parts.size());
  EXPECT_EQ(skeleton.lines, 19U);
  EXPECT_FALSE(skeleton.is_cut);
}

TEST(Skeleton, ATextIsCutBetweenLines) {
  Limits limits;
  limits.text = 10;
  const std::string head = "Subject: x\r\n\r\n";
  EXPECT_EQ(read(head + "one\r\ntwo\r\n", limits).parts[0].text, "one\ntwo\n");
  EXPECT_EQ(read(head + "one\r\ntwo\r\n\r\n", limits).parts[0].text, "one\ntwo\n");
  EXPECT_EQ(read(head + "one\r\ntwenty\r\n", limits).parts[0].text, "one\n");
  EXPECT_EQ(read(head + "a line of its own\r\n", limits).parts[0].text, "a line of ");
}

// What is kept ends anywhere in a character, but the text is still what its charset says.
TEST(Skeleton, ACutTextIsReadInItsOwnCharset) {
  const std::string head = "Content-Type: text/plain; charset=utf-8\r\n";
  std::string letters;
  for (int i = 0; i < 40; ++i) letters += "届く";
  for (std::size_t room = 20; room < 32; ++room) {
    Limits limits;
    limits.text = room;
    const auto plain = read(head + "\r\n" + letters + "\r\n", limits).parts[0];
    EXPECT_TRUE(plain.is_text_cut);
    EXPECT_TRUE(plain.text.starts_with("届く届く届く")) << plain.text;
    EXPECT_EQ(plain.text, plain.octets);
  }
  // The same with none, one and two letters in front, three octets a line.
  constexpr std::array<std::array<std::string_view, 3>, 3> lines{
      {{"5bGK", "44GP", "5bGK"}, {"eOWx", "iuOB", "j+Wx"}, {"eHjl", "sYrj", "gY/l"}}};
  for (std::size_t in_front = 0; in_front < lines.size(); ++in_front) {
    const auto& [first, second, third] = lines[in_front];
    auto mail = head + "Content-Transfer-Encoding: base64\r\n\r\n" + std::string(first) + "\r\n";
    for (int i = 0; i < 40; ++i) mail.append(second).append("\r\n").append(third).append("\r\n");
    for (std::size_t room = 40; room < 60; ++room) {
      Limits limits;
      limits.text = room;
      EXPECT_EQ(read(mail, limits).parts[0].text.find("届く届く"), in_front) << room;
    }
  }
}

TEST(Skeleton, TellsWhatLinesAreLike) {
  std::string mail = "Subject: x\r\n\r\n" + std::string(998, 'a') + "\r\n" + std::string(999, 'b') +
                     "\r\n" + "bare\n" + "ret\rurn\r\n";
  mail += std::string("nul \0 here\r\n", 12);
  const auto skeleton = read(mail);
  EXPECT_EQ(skeleton.longest_line, 999U);
  EXPECT_EQ(skeleton.too_long.count, 1U);
  EXPECT_EQ(skeleton.too_long.first_line, 4U);
  EXPECT_EQ(skeleton.bare_feed.count, 1U);
  EXPECT_EQ(skeleton.bare_feed.first_line, 5U);
  EXPECT_EQ(skeleton.bare_return.count, 1U);
  EXPECT_EQ(skeleton.bare_return.first_line, 6U);
  EXPECT_EQ(skeleton.nul.first_line, 7U);
}

TEST(Skeleton, ALineWithoutEndIsReadInPieces) {
  Scanner scanner;
  scanner.feed("Subject: x\r\n\r\n");
  const std::string piece(5000, 'a');
  for (int i = 0; i < 1000; ++i) scanner.feed(piece);
  scanner.feed("\r\n");
  const auto skeleton = scanner.finish();
  EXPECT_EQ(skeleton.longest_line, 5'000'000U);
  EXPECT_EQ(skeleton.lines, 3U);
  EXPECT_EQ(skeleton.bare_return.count, 0U);
  EXPECT_EQ(skeleton.parts[0].encoded_size, 5'000'002U);
  EXPECT_LE(skeleton.parts[0].text.size(), Limits{}.text);
  EXPECT_TRUE(skeleton.parts[0].is_text_cut);
}

TEST(Skeleton, AMessageInAMessageIsWalkedInto) {
  const auto skeleton = read(
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
      "Subject: inner\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\none\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<p>two</p>\r\n--b--\r\n--a--\r\n");
  ASSERT_EQ(skeleton.parts.size(), 5U);
  EXPECT_EQ(skeleton.parts[3].depth, 3U);
  EXPECT_EQ(skeleton.parts[3].text, "one\n");
  EXPECT_TRUE(is_in_forwarded(skeleton, 4));
  EXPECT_FALSE(is_in_forwarded(skeleton, 1));
  EXPECT_TRUE(skeleton.parts[2].is_closed);
}

TEST(Skeleton, TheSizeOfQuotedPrintableIsThatOfItsText) {
  const auto skeleton =
      read("Content-Transfer-Encoding: quoted-printable\r\n\r\n=E3=81=82 soft=\r\n break\r\n");
  EXPECT_EQ(skeleton.parts[0].text, "あ soft break\n");
  EXPECT_EQ(skeleton.parts[0].decoded_size, 3U + 11U + 2U);
  // Blanks that were put behind a soft line end on the way belong to it (RFC 2045 6.7, rule 3).
  const auto padded =
      read("Content-Transfer-Encoding: quoted-printable\r\n\r\nsoft= \t\r\n break \r\n");
  EXPECT_EQ(padded.parts[0].text, "soft break \n");
  EXPECT_EQ(padded.parts[0].decoded_size, 4U + 7U + 2U);
}

TEST(Skeleton, AnEmptyFileIsEmpty) {
  const auto skeleton = read(
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Disposition: attachment; "
      "filename=x.csv\r\n\r\n\r\n--a--\r\n");
  ASSERT_EQ(skeleton.parts.size(), 2U);
  EXPECT_EQ(skeleton.parts[1].decoded_size, 0U);
}

TEST(Skeleton, AHeaderWithoutItsEmptyLineEndsAtItsText) {
  const auto skeleton = read("Subject: x\r\nDear all, no colon in front\r\ntext\r\n");
  EXPECT_TRUE(skeleton.parts[0].lacks_blank_line);
  EXPECT_EQ(skeleton.parts[0].text, "Dear all, no colon in front\ntext\n");
}

TEST(Skeleton, LimitsAreTold) {
  std::string deep, many = "Content-Type: multipart/mixed; boundary=m\r\n\r\n";
  for (int i = 0; i < 100; ++i) {
    const auto boundary = "d" + std::to_string(i);
    deep +=
        "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  for (int i = 0; i < 1000; ++i) many += "--m\r\n\r\nx\r\n";
  EXPECT_LE(read(deep).parts.size(), Limits{}.depth + 1);
  EXPECT_TRUE(read(deep).is_cut);
  EXPECT_EQ(read(many).parts.size(), Limits{}.parts);
  EXPECT_TRUE(read(many).is_cut);
  EXPECT_TRUE(read("Subject: " + std::string(300'000, 'x') + "\r\n\r\n").is_cut);
}

TEST(Skeleton, TextIsBoundedAllTogether) {
  std::string mail = "Content-Type: multipart/mixed; boundary=m\r\n\r\n";
  for (int i = 0; i < 12; ++i) {
    mail += "--m\r\n\r\n";
    for (int k = 0; k < 2500; ++k) mail += std::string(98, 'x') + "\r\n";
  }
  std::size_t kept = 0;
  for (const auto& part : read(mail).parts) kept += part.text.size();
  EXPECT_LE(kept, Limits{}.all_text);
}

TEST(Skeleton, ManySmallTextsKeepNoMoreRoomThanTheyNeed) {
  std::string mail = "Content-Type: multipart/mixed; boundary=m\r\n\r\n";
  for (int i = 0; i < 400; ++i) mail += "--m\r\n\r\n" + std::string(98, 'x') + "\r\n";
  std::size_t room = 0;
  for (const auto& part : read(mail).parts) room += part.octets.capacity() + part.text.capacity();
  EXPECT_LE(room, 4 * mail.size());
}

}  // namespace
}  // namespace todoku::skeleton
