// SPDX-License-Identifier: Apache-2.0
// Secret: equality, printing, and that a moved-from secret holds nothing.
#include "proxy/wire/secret.hpp"

#include <gtest/gtest.h>

namespace todoku::wire {
namespace {

TEST(Secret, compares_and_prints_stars) {
  const Secret secret("pass");
  EXPECT_EQ(secret, Secret("pass"));
  EXPECT_FALSE(secret == Secret("past"));
  EXPECT_FALSE(secret == Secret("passw"));
  EXPECT_EQ(to_string(secret), "****");
}

TEST(Secret, copies_and_moves) {
  for (const std::string& bytes : {std::string("short"), std::string(100, 'x'), std::string()}) {
    Secret first(bytes);
    Secret second(first);
    EXPECT_EQ(second.reveal(), bytes);
    Secret third(std::move(second));
    EXPECT_EQ(third.reveal(), bytes);
    EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
    first = std::move(third);
    EXPECT_EQ(first.reveal(), bytes);
    second = first;
    EXPECT_EQ(second.reveal(), bytes);
  }
}

}  // namespace
}  // namespace todoku::wire
