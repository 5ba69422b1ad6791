// SPDX-License-Identifier: Apache-2.0
// Replies as relays send them, and as they must not.
#include "proxy/smtp/reply_parser.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp {
namespace {

using Progress = ReplyParser::Progress;

Reply parsed(std::string_view bytes) {
  ReplyParser parser;
  EXPECT_EQ(parser.read(bytes), Progress::complete);
  EXPECT_TRUE(bytes.empty());
  Reply whole = parser.take();
  return whole;
}

Progress outcome(std::string_view bytes) {
  ReplyParser parser;
  return parser.read(bytes);
}

TEST(ReplyParser, reads_code_status_and_text) {
  EXPECT_EQ(parsed("550 5.1.1 No such user\r\n"), (Reply{550, "5.1.1", "No such user"}));
  EXPECT_EQ(parsed("250\r\n"), (Reply{250, "", ""}));
  EXPECT_EQ(parsed("250 \r\n"), (Reply{250, "", ""}));
  EXPECT_EQ(parsed("250 2.0.0\r\n"), (Reply{250, "2.0.0", ""}));
  EXPECT_EQ(parsed("250 ok\n"), (Reply{250, "", "ok"}));
}

TEST(ReplyParser, joins_lines_and_takes_the_first_status) {
  EXPECT_EQ(parsed("550-5.7.1 one\r\n550-\r\n550-5.7.26 two\r\n550 5.7.1 three\r\n"),
            (Reply{550, "5.7.1", "one\n\ntwo\nthree"}));
}

TEST(ReplyParser, leaves_what_is_no_status_code_in_the_text) {
  EXPECT_EQ(parsed("250 4.1.1 x\r\n").text, "4.1.1 x");  // another class
  EXPECT_EQ(parsed("550 5.1.1x y\r\n").text, "5.1.1x y");
  EXPECT_EQ(parsed("550 5.1234.1 y\r\n").text, "5.1234.1 y");
  EXPECT_EQ(parsed("550 5.1\r\n").text, "5.1");
  EXPECT_EQ(parsed("354 3.0.0 go\r\n").text, "3.0.0 go");
  EXPECT_EQ(parsed("250 2.5 x\r\n").text, "2.5 x");
}

TEST(ReplyParser, gives_the_same_for_every_way_of_cutting) {
  const std::string_view bytes = "550-5.7.1 one\r\n550 5.7.1 two\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    ReplyParser parser;
    std::string_view first = bytes.substr(0, cut);
    std::string_view second = bytes.substr(cut);
    EXPECT_EQ(parser.read(first), Progress::more);
    EXPECT_TRUE(parser.is_inside());
    EXPECT_EQ(parser.read(second), Progress::complete);
    EXPECT_EQ(parser.take(), (Reply{550, "5.7.1", "one\ntwo"}));
    EXPECT_FALSE(parser.is_inside());
  }
}

TEST(ReplyParser, stops_at_the_end_of_one_reply) {
  std::string_view bytes = "250 one\r\n550 two\r\n2";
  ReplyParser parser;
  EXPECT_EQ(parser.read(bytes), Progress::complete);
  EXPECT_EQ(bytes, "550 two\r\n2");
  EXPECT_EQ(parser.take().text, "one");
  EXPECT_EQ(parser.read(bytes), Progress::complete);
  EXPECT_EQ(parser.take().code, 550);
  EXPECT_EQ(parser.read(bytes), Progress::more);
}

TEST(ReplyParser, refuses_what_is_not_smtp) {
  for (const char* bytes : {"\r\n", "25\r\n", "2500 x\r\n", "250x\r\n", "250\tx\r\n", "199 x\r\n",
                            "600 x\r\n", "099 x\r\n", " 250 x\r\n", "2a0 x\r\n", "HTTP/1.1 200\r\n",
                            "250-a\r\n251 b\r\n", "250-a\r\nb\r\n", "-50 x\r\n", "250\r\r\n"}) {
    EXPECT_EQ(outcome(bytes), Progress::malformed) << bytes;
  }
}

TEST(ReplyParser, stays_malformed_until_cleared) {
  ReplyParser parser;
  std::string_view bad = "junk\r\n";
  EXPECT_EQ(parser.read(bad), Progress::malformed);
  std::string_view good = "250 ok\r\n";
  EXPECT_EQ(parser.read(good), Progress::malformed);
  parser.clear();
  EXPECT_EQ(parser.read(good), Progress::complete);
}

TEST(ReplyParser, is_bounded_in_line_lines_and_octets) {
  EXPECT_EQ(outcome("250 " + std::string(2044, 'x') + "\r\n"), Progress::complete);
  EXPECT_EQ(outcome("250 " + std::string(2045, 'x') + "\r\n"), Progress::malformed);
  EXPECT_EQ(outcome("250 " + std::string(5000, 'x')), Progress::malformed);  // never ends
  std::string many;
  for (int i = 0; i < 199; ++i) many += "250-x\r\n";
  EXPECT_EQ(outcome(many + "250 x\r\n"), Progress::complete);
  EXPECT_EQ(outcome(many + "250-x\r\n250 x\r\n"), Progress::malformed);
  std::string big;
  for (int i = 0; i < 30; ++i) big += "250-" + std::string(1200, 'x') + "\r\n";
  EXPECT_EQ(outcome(big), Progress::malformed);
}

TEST(ReplyParser, cleans_the_text) {
  const Reply reply = parsed(std::string_view("250 a\x1b[1m\0b\r\n", 13));
  EXPECT_EQ(reply.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(reply.text.find('\0'), std::string::npos);
  EXPECT_NE(reply.text.find('b'), std::string::npos);
}

}  // namespace
}  // namespace todoku::smtp
