// SPDX-License-Identifier: Apache-2.0
// Which recipients the address checker is asked about, and what comes of it.
#include "proxy/checks/mistyped.hpp"

#include "proxy/cli/load_words.hpp"

#include <gtest/gtest.h>

namespace todoku::checks {
namespace {

std::vector<MistypedAddress> among(std::vector<std::string> recipients) {
  smtp::Envelope envelope;
  envelope.sender = "sato@minato.example";
  for (auto& address : recipients) envelope.recipients.push_back({std::move(address), "", ""});
  return mistyped_among(envelope, cli::load_checker(true));
}

TEST(Mistyped, tells_what_was_meant_for_each) {
  const auto found = among({"yamada@gmail.com", "yamada@gmial.com", "mori@docomo.ne.jo"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].address, "yamada@gmial.com");
  EXPECT_EQ(found[0].meant, "yamada@gmail.com");
  EXPECT_EQ(found[1].meant, "mori@docomo.ne.jp");
}

TEST(Mistyped, leaves_inner_networks_and_the_own_domain_alone) {
  EXPECT_TRUE(among({"a@minato.example", "b@mail.local", "d@files.internal"}).empty());
}

}  // namespace
}  // namespace todoku::checks
