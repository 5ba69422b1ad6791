// SPDX-License-Identifier: Apache-2.0
// The body after DATA (RFC 5321 4.5.2), compared with a slow and obvious reference.
#include "proxy/smtp/dot_stuffer.hpp"

#include <gtest/gtest.h>

#include <random>

namespace todoku::smtp {
namespace {

std::string stuffed(std::string_view message, std::size_t piece = std::string::npos) {
  DotStuffer stuffer;
  std::string out;
  for (std::size_t at = 0; at < message.size(); at += std::min(piece, message.size() - at)) {
    stuffer.feed(message.substr(at, piece), out);
  }
  stuffer.finish(out);
  return out;
}

std::string reference(std::string_view message) {
  std::string out;
  char before = '\n';
  for (const char c : message) {
    if (before == '\n' && c == '.') out += '.';
    out += c;
    before = c;
  }
  if (out.ends_with("\r")) {
    out += "\n";
  } else if (!out.empty() && !out.ends_with("\r\n")) {
    out += "\r\n";
  }
  return out + ".\r\n";
}

TEST(DotStuffer, doubles_leading_dots_and_adds_the_end_mark) {
  EXPECT_EQ(stuffed("a\r\n"), "a\r\n.\r\n");
  EXPECT_EQ(stuffed(".\r\n..\r\na.b\r\n.x\r\n"), "..\r\n...\r\na.b\r\n..x\r\n.\r\n");
  EXPECT_EQ(stuffed(""), ".\r\n");
}

TEST(DotStuffer, gives_the_last_line_its_ending) {
  EXPECT_EQ(stuffed("a"), "a\r\n.\r\n");
  EXPECT_EQ(stuffed("a\r"), "a\r\n.\r\n");
}

TEST(DotStuffer, never_lets_an_end_mark_through) {
  for (const char* text : {"a\r\n.\r\nb\r\n", "a\n.\nb\n", "a\n.\r\nb", "a\r\n.\nb"}) {
    const std::string out = stuffed(text);
    EXPECT_EQ(out.find("\n.\r\n"), out.size() - 4) << text;
    EXPECT_EQ(out.find("\n.\n"), std::string::npos) << text;
  }
}

TEST(DotStuffer, agrees_with_the_reference_however_it_is_cut) {
  std::mt19937 chance(7);
  const std::string_view alphabet = "\r\n..a";
  for (int round = 0; round < 3000; ++round) {
    std::string message(chance() % 24, ' ');
    for (char& c : message) c = alphabet[chance() % alphabet.size()];
    const std::string expected = reference(message);
    for (const std::size_t piece : {1UL, 2UL, 3UL, 100UL}) {
      ASSERT_EQ(stuffed(message, piece), expected);
    }
  }
}

}  // namespace
}  // namespace todoku::smtp
