// SPDX-License-Identifier: Apache-2.0
// Whose address a From line holds, whatever stands around it.
#include "proxy/delivery/from_address.hpp"

#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

TEST(FromAddress, bare_and_with_a_name) {
  EXPECT_EQ(from_address("hanako@example.jp"), "hanako@example.jp");
  EXPECT_EQ(from_address(" Hanako <hanako@example.jp> "), "hanako@example.jp");
  EXPECT_EQ(from_address("=?UTF-8?B?6Iqx?= <hanako@example.jp>"), "hanako@example.jp");
}

TEST(FromAddress, an_address_in_the_name_or_in_a_comment_is_not_it) {
  EXPECT_EQ(from_address("\"boss@bank.example <boss@bank.example>\" <me@example.jp>"),
            "me@example.jp");
  EXPECT_EQ(from_address("me@example.jp (for boss@bank.example)"), "me@example.jp");
  EXPECT_EQ(from_address("\"a \\\" <x@y.example>\" <me@example.jp>"), "me@example.jp");
}

TEST(FromAddress, the_first_of_several) {
  EXPECT_EQ(from_address("a@example.jp, b@example.jp"), "a@example.jp");
  EXPECT_EQ(from_address("A <a@example.jp>, B <b@example.jp>"), "a@example.jp");
  EXPECT_EQ(from_address("Desk: a@example.jp, b@example.jp;"), "a@example.jp");
}

TEST(FromAddress, nonsense_is_none) {
  for (const auto* field :
       {"", "Hanako", "<>", "@example.jp", "hanako@", "<hanako", "((((", "\"<a@b"}) {
    EXPECT_EQ(from_address(field), "") << field;
  }
}

}  // namespace
}  // namespace todoku::delivery
