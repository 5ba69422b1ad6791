// SPDX-License-Identifier: Apache-2.0
// Replies in wire form and the cleaning of peers' text.
#include "proxy/smtp/reply.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

std::string wire_of(const Reply& reply) {
  std::string out;
  append_wire(out, reply);
  return out;
}

TEST(Reply, is_written_line_by_line) {
  EXPECT_EQ(wire_of({250, "2.0.0", "OK"}), "250 2.0.0 OK\r\n");
  EXPECT_EQ(wire_of({334, "", ""}), "334 \r\n");
  EXPECT_EQ(wire_of({334, "", "VXNlcm5hbWU6"}), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(wire_of({550, "5.1.1", "a\nb"}), "550-5.1.1 a\r\n550 5.1.1 b\r\n");
}

TEST(Reply, cannot_be_split_by_its_text) {
  EXPECT_EQ(wire_of({550, "5.1.1", "a\rb\x01"}), "550 5.1.1 a?b?\r\n");
}

TEST(Reply, folds_long_lines_at_characters) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "\xE3\x81\x82";
  std::string joined;
  std::string_view rest;
  const std::string out = wire_of({550, "5.7.1", text});
  rest = out;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos);
    EXPECT_LE(end + 2, 512U);
    joined += rest.substr(10, end - 10);
    rest.remove_prefix(end + 2);
  }
  EXPECT_EQ(joined, text);
}

TEST(Reply, to_line_is_one_line) {
  EXPECT_EQ(to_line({550, "5.1.1", "No such\nuser"}), "550 5.1.1 No such user");
}

TEST(Cleaned, replaces_controls_and_bad_utf8) {
  EXPECT_EQ(cleaned("a\tb\x7F"
                    "c\xC2\x85"),
            "a?b?c?");
  EXPECT_EQ(cleaned("\xE3\x81\x82\xE3\x81"), "\xE3\x81\x82??");
  EXPECT_EQ(cleaned("\xC0\xAF\xED\xA0\x80\xF5"), "??????");
}

TEST(Cleaned, is_bounded_at_a_character) {
  EXPECT_EQ(cleaned("\xE3\x81\x82\xE3\x81\x82", 5), "\xE3\x81\x82");
}

}  // namespace
}  // namespace todoku::smtp
