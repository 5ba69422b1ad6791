// SPDX-License-Identifier: Apache-2.0
// Nothing is found in ordinary mail, whatever its language and shape.
#include "proxy/checks/own_password.hpp"
#include "tests/checks/check_fixture.hpp"

#include <gmock/gmock.h>

namespace todoku::checks {
namespace {

std::vector<std::filesystem::path> ordinary_mails() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(TODOKU_ORDINARY_MAILS))
    paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

// All that an office knows about itself, so that no check is blind for lack of facts.
Facts office_facts() {
  Facts facts;
  facts.account_senders = {"sato@minato.example"};
  facts.upstream_limit = 25'000'000;
  facts.upstream = "mail.minato.example";
  facts.companies = {{"青空商事", "aozora.example"}, {"港商会", "minato.example"}};
  RateFacts rate;
  rate.messages_hour = 12;
  rate.max_messages_hour = 200;
  rate.usual_messages_hour = 10;
  facts.rate = rate;
  facts.authentication =
      AuthFacts{"minato.example", AuthState::good, AuthState::good, AuthState::good, "", "", ""};
  facts.own_password_in = [](std::string_view text) { return find_password(text, "kamome-2031"); };
  return facts;
}

TEST(OrdinaryMail, HasNothingToBeFound) {
  const auto paths = ordinary_mails();
  EXPECT_GE(paths.size(), 100U);
  const settings::Checks settings;
  const auto facts = office_facts();
  for (const auto& path : paths) {
    const auto skeleton = skeleton::read(content_of(path));
    const auto verdict = judge({settings, shipped_lists()}, skeleton, envelope_of(skeleton), facts);
    EXPECT_THAT(codes_of(verdict), testing::IsEmpty()) << path;
    EXPECT_EQ(verdict.outcome, Outcome::accept);
    EXPECT_FALSE(skeleton.is_cut);
    EXPECT_GT(skeleton.parts.size(), 0U);
  }
}

}  // namespace
}  // namespace todoku::checks
