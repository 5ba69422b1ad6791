// SPDX-License-Identifier: Apache-2.0
// The parts of a message, well made and broken.
#include "classifier/mail/mime.hpp"

#include <gtest/gtest.h>

#include <string>

namespace todoku::mail {
namespace {

std::string text(const Part& part) {
  std::string storage;
  return std::string(text_of(part, storage));
}

TEST(Mime, parts_come_in_their_order) {
  const auto message = read_message(
      "Content-Type: multipart/mixed; boundary=o\n\npreamble\n--o\n"
      "Content-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\n"
      "Content-Type: text/html\n\n<p>two\n--i--\n\n--o\nContent-Type: message/delivery-status\n\n"
      "Action: failed\n--o--\nepilogue\n");
  ASSERT_EQ(message.parts.size(), 5U);
  EXPECT_EQ(message.parts[0].type, PartType::multipart);
  EXPECT_EQ(message.parts[1].type, PartType::multipart);
  EXPECT_EQ(message.parts[2].type, PartType::plain_text);
  EXPECT_EQ(text(message.parts[2]), "one");
  EXPECT_EQ(message.parts[2].depth, 2U);
  EXPECT_EQ(message.parts[3].type, PartType::html);
  EXPECT_EQ(message.parts[4].type, PartType::delivery_status);
  EXPECT_EQ(message.parts[4].parent, 0U);
  EXPECT_FALSE(message.is_cut);
}

TEST(Mime, a_message_inside_is_opened) {
  const auto message = read_message(
      "Content-Type: multipart/report; boundary=\"b\"\n\n--b\nContent-Type: message/rfc822\n\n"
      "Subject: inner\n\nhello\n--b--\n");
  ASSERT_EQ(message.parts.size(), 3U);
  EXPECT_EQ(message.parts[1].type, PartType::message);
  EXPECT_EQ(message.parts[2].header.value("Subject"), "inner");
  EXPECT_EQ(text(message.parts[2]), "hello");
}

TEST(Mime, an_encoded_message_inside_is_opened_too) {
  const auto message = read_message(
      "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
      "U3ViamVjdDogaW5uZXIKCmhlbGxvCg==\n");
  ASSERT_EQ(message.parts.size(), 2U);
  EXPECT_EQ(message.parts[1].header.value("Subject"), "inner");
  EXPECT_EQ(text(message.parts[1]), "hello\n");
}

TEST(Mime, a_missing_end_and_a_wrong_boundary_lose_nothing) {
  const auto open =
      read_message("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n");
  ASSERT_EQ(open.parts.size(), 3U);
  EXPECT_EQ(text(open.parts[2]), "two\n");
  const auto wrong = read_message(
      "Content-Type: multipart/mixed; boundary=no\n\n--yes\nContent-Type: "
      "text/plain\n\none\n--yes--\n");
  ASSERT_EQ(wrong.parts.size(), 2U);
  EXPECT_EQ(text(wrong.parts[1]), "one");
  const auto none = read_message("Content-Type: multipart/mixed\n\njust text\n");
  ASSERT_EQ(none.parts.size(), 1U);
  EXPECT_EQ(none.parts[0].type, PartType::plain_text);
}

TEST(Mime, a_boundary_that_begins_another_is_not_the_other) {
  const auto message = read_message(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
      "boundary=bb\n\n"
      "--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n");
  ASSERT_EQ(message.parts.size(), 4U);
  EXPECT_EQ(text(message.parts[2]), "one");
  EXPECT_EQ(text(message.parts[3]), "two");
}

TEST(Mime, misspelt_types_are_known_by_their_boundary) {
  const auto message =
      read_message("Content-Type: mulitpart/mixed; boundary=b\n\n--b\n\none\n--b--\n");
  ASSERT_EQ(message.parts.size(), 2U);
}

TEST(Mime, limits_cut_and_tell) {
  std::string many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 100'000; ++i) many += "--b\n\nx\n";
  const auto wide = read_message(many);
  EXPECT_LE(wide.parts.size(), MimeLimits{}.parts);
  EXPECT_TRUE(wide.is_cut);

  std::string deep;
  for (int i = 0; i < 10'000; ++i) {
    const auto name = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  const auto nested = read_message(deep);
  EXPECT_TRUE(nested.is_cut);
  EXPECT_LE(nested.parts.size(), MimeLimits{}.depth + 1);

  std::string matryoshka;
  for (int i = 0; i < 10'000; ++i) matryoshka += "Content-Type: message/rfc822\n\n";
  EXPECT_TRUE(read_message(matryoshka).is_cut);
}

TEST(Mime, empty_and_headerless_messages_have_one_part) {
  EXPECT_EQ(read_message("").parts.size(), 1U);
  EXPECT_EQ(read_message("\n").parts.size(), 1U);
  EXPECT_EQ(text(read_message("no header at all\n").parts[0]), "no header at all\n");
}

}  // namespace
}  // namespace todoku::mail
