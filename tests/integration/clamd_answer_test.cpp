// SPDX-License-Identifier: Apache-2.0
// What clamd may answer, and what it may not: only a clear word counts.
#include "proxy/scanner/clamd.hpp"

#include <gtest/gtest.h>

#include <string>

namespace todoku::scanner {
namespace {

TEST(ClamdAnswer, clean) {
  for (const auto* answer : {"stream: OK", "stream: OK\n"}) {
    const auto report = read_answer(answer);
    EXPECT_FALSE(report.has_failed);
    EXPECT_TRUE(report.found.empty());
  }
}

TEST(ClamdAnswer, found_is_named) {
  const auto report = read_answer("stream: Win.Test.EICAR_HDB-1 FOUND");
  EXPECT_FALSE(report.has_failed);
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_EQ(report.found[0], "Win.Test.EICAR_HDB-1");
}

TEST(ClamdAnswer, everything_else_has_failed) {
  for (const auto* answer :
       {"", "stream: ", "stream: FOUND", "OK", "INSTREAM size limit exceeded. ERROR",
        "UNKNOWN COMMAND", "stream: x FOUND and more", "stream: ok"}) {
    EXPECT_TRUE(read_answer(answer).has_failed) << answer;
  }
}

TEST(ClamdAnswer, a_hostile_name_is_short_and_clean) {
  const auto report = read_answer("stream: \x1b[2J" + std::string(5000, 'v') + "\r\n250 ok FOUND");
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_LE(report.found[0].size(), 210U);
  EXPECT_EQ(report.found[0].find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace todoku::scanner
