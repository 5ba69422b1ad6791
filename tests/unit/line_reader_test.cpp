// SPDX-License-Identifier: Apache-2.0
// LineReader: lines whole and in pieces, and its bounds.
#include "proxy/wire/line_reader.hpp"

#include <gtest/gtest.h>

namespace todoku::wire {
namespace {

TEST(LineReader, cuts_pipelined_lines) {
  LineReader reader(100);
  reader.feed("EHLO x\r\nMAIL\nRC");
  auto line = reader.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "EHLO x");
  EXPECT_FALSE(line->bare_lf);
  line = reader.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "MAIL");
  EXPECT_TRUE(line->bare_lf);
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.rest(), "RC");
  reader.feed("PT\r\n");
  EXPECT_EQ(reader.next()->text, "RCPT");
  EXPECT_EQ(reader.held(), 0U);
}

TEST(LineReader, a_line_of_exactly_the_limit_passes_in_any_pieces) {
  const std::string text(50, 'a');
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
    LineReader reader(50);
    const std::string input = text + "\r\n" + text + "b\r\nend\r\n";
    std::vector<std::string> seen;
    std::vector<bool> too_long;
    for (std::size_t i = 0; i < input.size(); i += piece) {
      reader.feed(std::string_view(input).substr(i, piece));
      while (const auto line = reader.next()) {
        seen.emplace_back(line->text);
        too_long.push_back(line->too_long);
        EXPECT_FALSE(line->bare_lf);
      }
    }
    EXPECT_EQ(seen, (std::vector<std::string>{text, text, "end"}));
    EXPECT_EQ(too_long, (std::vector<bool>{false, true, false}));
  }
}

TEST(LineReader, an_endless_line_needs_no_memory) {
  LineReader reader(50);
  const std::string piece(1000, 'x');
  for (int i = 0; i < 1000; ++i) {
    reader.feed(piece);
    EXPECT_FALSE(reader.next());
    EXPECT_LE(reader.held(), 50U + piece.size());
  }
  reader.feed("\r\nNOOP\r\n");
  EXPECT_TRUE(reader.next()->too_long);
  EXPECT_EQ(reader.next()->text, "NOOP");
}

TEST(LineReader, gives_its_rest_away) {
  LineReader reader(50);
  reader.feed("DATA\r\nbody.tail");
  EXPECT_TRUE(reader.next());
  reader.consume(5);
  EXPECT_EQ(reader.take_rest(), "tail");
  EXPECT_EQ(reader.held(), 0U);
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace todoku::wire
