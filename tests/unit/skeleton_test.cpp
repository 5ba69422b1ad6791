// SPDX-License-Identifier: Apache-2.0
// The skeleton of a message: its parts, sizes, texts and lines; the same for any pieces.
#include "proxy/skeleton/scanner.hpp"
#include "proxy/skeleton/zip_listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace todoku::skeleton {
namespace {

using mail::TransferEncoding;
using testing::ElementsAre;

constexpr std::string_view two_parts =
    "From: a@minato.example\r\n"
    "Subject: two\r\n parts\r\n"
    "Content-Type: multipart/mixed; boundary=\"b:1\"\r\n"
    "\r\n"
    "for old programs\r\n"
    "--b:1\r\n"
    "Content-Type: text/plain; charset=iso-2022-jp\r\n"
    "\r\n"
    "\x1b$B$\"\x1b(B\r\n"
    "--b:1\r\n"
    "Content-Type: application/pdf; name*0*=utf-8''%E8%A1%A8; name*1=.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: ATTACHMENT\r\n"
    "\r\n"
    "JVBERi0x\r\nLjQ=\r\n"
    "--b:1--  \r\n"
    "epilogue\r\n";

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

void expect_same(const Part& one, const Part& other) {
  EXPECT_EQ(one.type, other.type);
  EXPECT_EQ(one.line, other.line);
  EXPECT_EQ(one.offset, other.offset);
  EXPECT_EQ(one.encoded_size, other.encoded_size);
  EXPECT_EQ(one.decoded_size, other.decoded_size);
  EXPECT_EQ(one.has_eight_bit, other.has_eight_bit);
  EXPECT_EQ(one.head, other.head);
  EXPECT_EQ(one.archive.names, other.archive.names);
  EXPECT_EQ(one.is_text_cut, other.is_text_cut);
  EXPECT_EQ(one.octets, other.octets);
  EXPECT_EQ(one.text, other.text);
}

void expect_same(const LineFault& one, const LineFault& other) {
  EXPECT_EQ(one.count, other.count);
  EXPECT_EQ(one.first_line, other.first_line);
}

void expect_same(const Skeleton& one, const Skeleton& other) {
  ASSERT_EQ(one.parts.size(), other.parts.size());
  for (std::size_t i = 0; i < one.parts.size(); ++i) expect_same(one.parts[i], other.parts[i]);
  EXPECT_EQ(one.fields.size(), other.fields.size());
  EXPECT_EQ(one.size, other.size);
  EXPECT_EQ(one.lines, other.lines);
  EXPECT_EQ(one.longest_line, other.longest_line);
  expect_same(one.too_long, other.too_long);
  expect_same(one.bare_feed, other.bare_feed);
  expect_same(one.bare_return, other.bare_return);
  expect_same(one.nul, other.nul);
  expect_same(one.eight_bit_header, other.eight_bit_header);
}

void expect_same_in_pieces(std::string_view mail, const Limits& limits = {}) {
  const auto whole = read(mail, limits);
  for (const std::size_t size : {1U, 2U, 3U, 7U, 64U, 999U}) {
    SCOPED_TRACE(size);
    Scanner scanner(limits);
    for (std::size_t at = 0; at < mail.size(); at += size) scanner.feed(mail.substr(at, size));
    expect_same(whole, scanner.finish());
  }
}

TEST(Skeleton, AnyPiecesGiveTheSame) {
  std::string mail(two_parts);
  mail += "a\rb\nc\r\r\nlast";
  mail.insert(mail.find("epilogue"), 1, '\0');
  expect_same_in_pieces(mail);
}

// Each kind of content, with lines that end its quick way: a boundary that is none, a bare line
// end, an odd octet, one line that is too long.
TEST(Skeleton, AnyPiecesOfAnyContentGiveTheSame) {
  const std::string letters(60, 'x');
  for (const char* encoding : {"8bit", "base64", "quoted-printable"}) {
    for (const std::string_view odd :
         {"\r\n", "--\r\n", "--m x\r\n", "-- \r\n", "\n", "\r", "\r\r\n", "\xe3\x81\x82\r\n",
          "=\r\n", "=\n", "=41==\r\n", "UEsD\r\nBBQA\r\n"}) {
      std::string mail = "Subject: \xe3\x81\x82\r\nContent-Type: multipart/mixed; boundary=m\r\n";
      for (const char* type : {"text/plain; charset=utf-8", "application/zip"}) {
        mail.append("\r\n--m\r\nContent-Type: ").append(type);
        mail.append("\r\nContent-Transfer-Encoding: ").append(encoding).append("\r\n\r\n");
        mail.append(odd);
        for (int i = 0; i < 9; ++i) mail.append(letters).append(i == 4 ? odd : "\r\n");
        mail.append(1000, 'y').append("\r\n").append(letters).append(odd);
      }
      mail.append("\r\n--m--\r\n").append(1, '\0').append("\r\nlast");
      SCOPED_TRACE(std::string(encoding) + ", " + testing::PrintToString(odd));
      expect_same_in_pieces(mail);
      Limits narrow;
      narrow.text = 300;
      narrow.head = 20;
      narrow.tail = 200;
      expect_same_in_pieces(mail, narrow);
    }
  }
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

// --- archives ---

std::string little(std::uint32_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

// A ZIP file of empty entries, as PKWARE's APPNOTE has it.
std::string zip_of(const std::vector<std::string>& names, std::uint32_t flags,
                   const std::string& content = "") {
  std::string out, directory;
  for (const auto& name : names) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto rest = little(0, 2) + little(0, 4) + little(0, 4) + little(size, 4) +
                      little(size, 4) + little(static_cast<std::uint32_t>(name.size()), 2) +
                      little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + little(20, 2) + little(flags, 2) + rest +
                 little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4) + name;
    out += "PK\x03\x04" + little(20, 2) + little(flags, 2) + rest + name + content;
  }
  const auto count = little(static_cast<std::uint32_t>(names.size()), 2);
  return out + directory + "PK\x05\x06" + little(0, 4) + count + count +
         little(static_cast<std::uint32_t>(directory.size()), 4) + little(0, 4) + little(0, 2);
}

TEST(ZipListing, NamesWhatIsInside) {
  const auto zip = zip_of({"a.txt", "b/c.exe"}, 0);
  const auto archive = list_zip(zip.substr(0, 100), zip);
  EXPECT_TRUE(archive.is_archive);
  EXPECT_FALSE(archive.is_encrypted || archive.is_cut);
  EXPECT_THAT(archive.names, ElementsAre("a.txt", "b/c.exe"));
}

TEST(ZipListing, SeesThatAPasswordIsWanted) {
  const auto zip = zip_of({"a.txt"}, 1);
  EXPECT_TRUE(list_zip(zip, zip).is_encrypted);
}

TEST(ZipListing, WithoutItsDirectoryTheFirstEntryIsNamed) {
  const auto zip = zip_of({"a.txt", "b.txt"}, 1);
  const auto archive = list_zip(zip.substr(0, 60), zip.substr(zip.size() - 40));
  EXPECT_TRUE(archive.is_cut && archive.is_encrypted);
  EXPECT_THAT(archive.names, ElementsAre("a.txt"));
}

TEST(ZipListing, HostileDirectoriesEnd) {
  auto zip = zip_of({"a.txt"}, 0);
  for (std::size_t i = 0; i < zip.size(); ++i) {
    auto broken = zip;
    broken[i] = static_cast<char>(0xff);
    EXPECT_LE(list_zip(broken, broken).names.size(), 2U);
    EXPECT_LE(list_zip(zip, zip.substr(i)).names.size(), 1U);
  }
}

std::string base64(std::string_view octets) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t line = 0;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0);
    for (int k = 3; k >= 0; --k)
      out += i + static_cast<std::size_t>(3 - k) > octets.size() ? '='
                                                                 : letters[group >> (6 * k) & 63];
    if ((line += 4) == 76) {
      out += "\r\n";
      line = 0;
    }
  }
  return out;
}

// The directory of a large archive is at its end, behind what is not kept.
TEST(ZipListing, IsFoundAtTheEndOfALargeFile) {
  const auto zip = zip_of({"big.bin", "setup.exe"}, 0, std::string(1'000'001, 'x'));
  const auto skeleton = read(
      "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      base64(zip));
  ASSERT_EQ(skeleton.parts.size(), 1U);
  EXPECT_EQ(skeleton.parts[0].decoded_size, zip.size());
  EXPECT_THAT(skeleton.parts[0].archive.names, ElementsAre("big.bin", "setup.exe"));
}

}  // namespace
}  // namespace todoku::skeleton
