// SPDX-License-Identifier: Apache-2.0
// The skeleton of a message is the same for any pieces in which it comes, to the last field.
#include "proxy/skeleton/scanner.hpp"
#include "tests/support/two_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::skeleton {
namespace {

// Which part differs says more than that the skeletons do.
void expect_same(const Skeleton& one, const Skeleton& other) {
  ASSERT_EQ(one.parts.size(), other.parts.size());
  for (std::size_t i = 0; i < one.parts.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(one.parts[i].encoded_size, other.parts[i].encoded_size);
    EXPECT_EQ(one.parts[i].decoded_size, other.parts[i].decoded_size);
    EXPECT_EQ(one.parts[i].text, other.parts[i].text);
    EXPECT_TRUE(one.parts[i] == other.parts[i]);
  }
  EXPECT_TRUE(one == other);
}

void expect_same_in_pieces(std::string_view mail, const Limits& limits = {}) {
  const auto whole = read(mail, limits);
  for (const std::size_t size : {1U, 2U, 3U, 7U, 64U, 999U, 4095U, 4096U, 4097U}) {
    SCOPED_TRACE(size);
    Scanner scanner(limits);
    for (std::size_t at = 0; at < mail.size(); at += size) scanner.feed(mail.substr(at, size));
    expect_same(whole, scanner.finish());
  }
}

void expect_same_in_random_pieces(std::string_view mail, std::mt19937& chance) {
  const auto whole = read(mail);
  for (const std::size_t longest : {10U, 300U, 9000U}) {
    Scanner scanner;
    std::uniform_int_distribution<std::size_t> size(0, longest);
    for (auto rest = mail; !rest.empty();) {
      const auto piece = rest.substr(0, size(chance));
      scanner.feed(piece);
      rest.remove_prefix(piece.size());
    }
    expect_same(whole, scanner.finish());
  }
}

TEST(SkeletonPieces, GiveTheSameForEveryKindOfLine) {
  auto mail = std::string(two_parts) + "a\rb\nc\r\r\nlast";
  mail.insert(mail.find("epilogue"), 1, '\0');
  expect_same_in_pieces(mail);
}

// Each kind of content, with lines that end its quick way: a boundary that is none, a bare line
// end, an odd octet, one line that is too long.
TEST(SkeletonPieces, GiveTheSameForAnyContent) {
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

// A line that is too long to be held goes on in pieces; what stands where it is cut must not show.
TEST(SkeletonPieces, GiveTheSameForLongLines) {
  for (const char* encoding : {"8bit", "base64", "quoted-printable"}) {
    for (const std::string_view odd :
         {"=41", "=\r\n", "= \r\n", "\r\n", "\r\r\n", "\n", "\r", "\xe3\x81\x82", "==", "\r=41"}) {
      for (std::size_t size = 4090; size < 4100; ++size) {
        std::string mail = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n";
        mail.append("Content-Transfer-Encoding: ").append(encoding).append("\r\n\r\n");
        mail.append(size, 'x').append(odd).append(5000, 'y').append("\r\n");
        mail.append(size, 'z').append(odd).append("\r\n--m--\r\n");
        SCOPED_TRACE(testing::Message()
                     << encoding << ", " << testing::PrintToString(odd) << ", " << size);
        expect_same_in_pieces(mail);
      }
    }
  }
}

// What makes readers stumble.
const std::vector<std::string> bricks{"\r\n",
                                      "\r\n",
                                      "\r\n\r\n",
                                      "\n",
                                      "\r",
                                      "\r\r\n",
                                      "--m",
                                      "--m--",
                                      "--n",
                                      "--n--",
                                      "--",
                                      "=",
                                      "=\r\n",
                                      "=3D",
                                      "= \r\n",
                                      "UEsDBBQA",
                                      "====",
                                      std::string(1, '\0'),
                                      "\x1b$B$\"",
                                      "\x1b(B",
                                      "\xe3\x81\x82",
                                      "\xe3",
                                      "From x\r\n",
                                      "Subject: x\r\n",
                                      " folded\r\n",
                                      "no field\r\n",
                                      "Content-Type: multipart/mixed; boundary=m\r\n",
                                      "Content-Type: message/rfc822\r\n",
                                      "Content-Type: multipart/alternative; boundary=n\r\n",
                                      "Content-Type: text/html\r\n",
                                      "Content-Type: application/zip; name=a.zip\r\n",
                                      "Content-Transfer-Encoding: base64\r\n",
                                      "Content-Transfer-Encoding: quoted-printable\r\n",
                                      std::string(70, 'x'),
                                      std::string(997, 'y'),
                                      std::string(4094, 'z')};

// Messages that are put together of them by chance.
TEST(SkeletonPieces, GiveTheSameForMessagesOfChance) {
  std::mt19937 chance(7);
  std::uniform_int_distribution<std::size_t> which(0, bricks.size() - 1), how_many(1, 60);
  for (int i = 0; i < 1500; ++i) {
    std::string mail = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n";
    for (auto left = how_many(chance); left > 0; --left) mail += bricks[which(chance)];
    SCOPED_TRACE(testing::Message() << i << ": " << testing::PrintToString(mail));
    expect_same_in_random_pieces(mail, chance);
    if (testing::Test::HasFailure()) return;  // one is enough to read
  }
}

}  // namespace
}  // namespace todoku::skeleton
