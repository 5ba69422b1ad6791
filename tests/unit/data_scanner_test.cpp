// SPDX-License-Identifier: Apache-2.0
// DataScanner against a slow obvious reference: hand-picked bodies and random ones, whole and with
// every split.
#include "proxy/smtp/data_scanner.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace todoku::smtp {
namespace {

struct Outcome {
  std::string out;
  bool done = false;
  std::size_t consumed = 0;
  std::uint64_t bare = 0;
  bool operator==(const Outcome&) const = default;
};

// Looks at the whole input byte by byte; a CR at the very end stays undecided.
Outcome reference(const std::string& input) {
  Outcome outcome;
  bool true_start = true;
  std::size_t i = 0;
  while (i < input.size()) {
    if (true_start && input[i] == '.') {
      if (input.compare(i, 3, ".\r\n") == 0) {
        outcome.done = true;
        i += 3;
        break;
      }
      ++i;
      true_start = false;
      continue;
    }
    true_start = false;
    if (input[i] == '\r' && i + 1 == input.size()) {
      ++i;
      break;
    }
    if (input[i] == '\r' || input[i] == '\n') {
      const bool is_pair = input.compare(i, 2, "\r\n") == 0;
      i += is_pair ? 2 : 1;
      if (!is_pair) ++outcome.bare;
      true_start = is_pair;
      outcome.out += "\r\n";
      continue;
    }
    outcome.out += input[i++];
  }
  outcome.consumed = i;
  return outcome;
}

Outcome scan(const std::string& input, const std::vector<std::size_t>& cuts) {
  DataScanner scanner;
  Outcome outcome;
  std::size_t begin = 0;
  for (std::size_t k = 0; k <= cuts.size() && !scanner.is_done(); ++k) {
    const std::size_t end = k < cuts.size() ? cuts[k] : input.size();
    const auto piece = std::string_view(input).substr(begin, end - begin);
    const std::size_t taken = scanner.feed(piece, outcome.out);
    EXPECT_TRUE(scanner.is_done() || taken == piece.size());
    outcome.consumed += taken;
    begin = end;
  }
  outcome.done = scanner.is_done();
  outcome.bare = scanner.bare_newlines();
  EXPECT_EQ(scanner.decoded_bytes(), outcome.out.size());
  return outcome;
}

std::vector<std::size_t> every_position(std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < size; ++i) cuts.push_back(i);
  return cuts;
}

void check_all_splits(const std::string& input) {
  const Outcome wanted = reference(input);
  EXPECT_EQ(scan(input, {}), wanted) << testing::PrintToString(input);
  EXPECT_EQ(scan(input, every_position(input.size())), wanted) << testing::PrintToString(input);
  for (std::size_t i = 1; i < input.size(); ++i)
    EXPECT_EQ(scan(input, {i}), wanted) << testing::PrintToString(input) << " cut at " << i;
}

TEST(DataScanner, decodes_a_plain_message) {
  std::string out;
  DataScanner scanner;
  const std::string input = "Subject: x\r\n\r\n..dot\r\n...\r\n.\r\nQUIT\r\n";
  EXPECT_EQ(scanner.feed(input, out), input.size() - 6);
  EXPECT_TRUE(scanner.is_done());
  EXPECT_EQ(out, "Subject: x\r\n\r\n.dot\r\n..\r\n");
}

TEST(DataScanner, an_empty_message_ends_at_once) {
  EXPECT_EQ(scan(".\r\n", {}).out, "");
  EXPECT_TRUE(scan(".\r\n", {}).done);
}

TEST(DataScanner, only_crlf_dot_crlf_ends) {
  for (const char* input :
       {"a\n.\nb", "a\n.\r\nb", "a\r.\r\nb", "a\r.\rb", "a\r\n.\nb", "a\r\n.\rb", "a\n.\rb"}) {
    EXPECT_FALSE(scan(input, {}).done) << testing::PrintToString(input);
    check_all_splits(input);
  }
}

TEST(DataScanner, a_dot_after_a_repaired_newline_is_text) {
  EXPECT_EQ(scan("a\n.\r\nb\r\n.\r\n", {}).out, "a\r\n.\r\nb\r\n");
  EXPECT_EQ(scan("a\n..b\r\n", {}).out, "a\r\n..b\r\n");
}

TEST(DataScanner, equals_the_reference_on_random_input) {
  std::mt19937 random(20240611);
  const std::string alphabet("\r\r\n\n..a\0\xE3", 9);
  for (int round = 0; round < 20000; ++round) {
    std::string input;
    const std::size_t size = random() % 14;
    for (std::size_t i = 0; i < size; ++i) input += alphabet[random() % alphabet.size()];
    if (random() % 2 == 0) input += "\r\n.\r\nQ";
    check_all_splits(input);
    if (HasFailure()) return;
  }
}

// What needs a look is found wherever it stands among octets that are passed over many at a time.
TEST(DataScanner, equals_the_reference_wherever_something_odd_stands) {
  const std::string plain(150, 'x');
  for (const char* odd : {"\r", "\n", "\r\r", "\n\r", "\r\n", "\r\r\n", "\r\n\n", "\r\n.", "\n.",
                          "\r.", "\r\n..", "\r\n.\n", "\r\n.\r", "\r\n.\r\n", "\n.\r\n"}) {
    for (std::size_t at = 0; at <= plain.size(); ++at) {
      const auto input = plain.substr(0, at) + odd + plain.substr(at);
      const Outcome wanted = reference(input);
      EXPECT_EQ(scan(input, {}), wanted) << testing::PrintToString(odd) << " at " << at;
      for (std::size_t cut = at; cut <= at + 4 && cut <= input.size(); ++cut)
        EXPECT_EQ(scan(input, {cut}), wanted)
            << testing::PrintToString(odd) << " at " << at << " cut at " << cut;
    }
  }
}

TEST(DataScanner, equals_the_reference_on_long_lines_with_random_cuts) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string input;
    for (int line = 0; line < 30; ++line) {
      input.append(random() % 300, static_cast<char>(random() % 100 == 0 ? 0xE3 : 'x'));
      input += random() % 20 == 0 ? "\n" : "\r\n";
      if (random() % 5 == 0) input += "..";
    }
    input += "\r\n.\r\nrest";
    std::vector<std::size_t> cuts;
    for (std::size_t at = random() % 97; at < input.size(); at += 1 + random() % 97)
      cuts.push_back(at);
    EXPECT_EQ(scan(input, cuts), reference(input));
  }
}

}  // namespace
}  // namespace todoku::smtp
