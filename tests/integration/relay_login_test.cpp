// SPDX-License-Identifier: Apache-2.0
// Log-ins verified at the upstream: accepted, refused, out of reach, and what is vouched for.
#include "tests/support/relay_fixture.hpp"

#include <string>

namespace todoku::relay {
namespace {

using boost::asio::awaitable;
using support::Reaction;
using Kind = Reaction::Kind;

class RelayLoginTest : public support::RelayFixture {
 protected:
  awaitable<void> verifies();
  awaitable<void> counts_a_warm_session();
  awaitable<void> vouches_while_down();
  awaitable<void> forgets_at_535(bool by_delivery);
  awaitable<void> is_never_535_for_trouble();
  awaitable<void> passes_a_token(smtp::Mechanism mechanism, std::string user);
};

awaitable<void> RelayLoginTest::verifies() {
  auto kind = co_await verify("anna");
  EXPECT_EQ(kind, Login::accepted);
  auto wrong = login("anna");
  wrong.password = wire::Secret("beet");
  const auto refused = co_await verify(wrong);
  EXPECT_EQ(refused.kind, Login::refused);
  EXPECT_EQ(refused.reply.code, 535);
  kind = co_await verify("anna");
  EXPECT_EQ(kind, Login::accepted);
}
TEST_F(RelayLoginTest, the_upstream_decides) {
  play(verifies());
}

awaitable<void> RelayLoginTest::counts_a_warm_session() {
  co_await verify("anna");
  const auto kind = co_await verify("anna");
  EXPECT_EQ(kind, Login::accepted);
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 1U);
  EXPECT_EQ(upstream_.count("AUTH"), 1U);
}
TEST_F(RelayLoginTest, a_warm_session_with_the_same_credentials_counts) {
  play(counts_a_warm_session());
}

awaitable<void> RelayLoginTest::vouches_while_down() {
  co_await verify("anna");
  upstream_.stop();
  auto kind = co_await verify("anna");
  EXPECT_EQ(kind, Login::accepted);
  const auto stranger = co_await verify(login("bert"));
  EXPECT_EQ(stranger.kind, Login::unavailable);
  EXPECT_EQ(stranger.reply.code, 454);
  auto other = login("anna");
  other.password = wire::Secret("pear");
  const auto verdict = co_await verify(other);
  EXPECT_EQ(verdict.kind, Login::unavailable);
}
TEST_F(RelayLoginTest, only_verified_credentials_are_accepted_while_the_upstream_is_down) {
  play(vouches_while_down());
}

awaitable<void> RelayLoginTest::forgets_at_535(bool by_delivery) {
  const auto old = login("anna");
  const auto outgoing = whole("anna");
  co_await verify(old);
  upstream_.drop_connections();
  upstream_.users["anna"] = "cherry";
  if (by_delivery) {
    const auto verdict = co_await relay_->attempt(outgoing);
    EXPECT_EQ(verdict.attempt.reply.code, 535);
  } else {
    const auto verdict = co_await verify(old);
    EXPECT_EQ(verdict.kind, Login::refused);
  }
  upstream_.stop();
  const auto later = co_await verify(old);
  EXPECT_EQ(later.kind, Login::unavailable);
}
TEST_F(RelayLoginTest, a_535_ends_the_vouching) {
  play(forgets_at_535(false));
}
TEST_F(RelayLoginTest, a_535_met_by_a_delivery_ends_the_vouching_too) {
  play(forgets_at_535(true));
}

awaitable<void> RelayLoginTest::is_never_535_for_trouble() {
  const std::vector<Reaction> troubles{{Kind::close, ""},
                                       {Kind::reply, "454 4.7.0 later"},
                                       {Kind::reply, "421 4.3.2 going down"},
                                       {Kind::reply, "nonsense"}};
  for (const auto& trouble : troubles) {
    at("AUTH", trouble.kind, trouble.text);
    const auto verdict = co_await verify(login("anna"));
    EXPECT_EQ(verdict.kind, Login::unavailable) << trouble.text;
    EXPECT_EQ(verdict.reply.code, 454) << trouble.text;
  }
  at("CONNECT", Kind::reply, "554 5.7.1 no service for you");
  const auto verdict = co_await verify(login("anna"));
  EXPECT_EQ(verdict.kind, Login::unavailable);
  EXPECT_EQ(verdict.reply.code, 454);
}
TEST_F(RelayLoginTest, trouble_of_the_upstream_is_never_a_refusal) {
  play(is_never_535_for_trouble());
}

awaitable<void> RelayLoginTest::passes_a_token(smtp::Mechanism mechanism, std::string user) {
  smtp::Credentials token;
  token.mechanism = mechanism;
  token.user = user;
  token.password = wire::Secret("stale-token");
  const auto refused = co_await verify(token);
  EXPECT_EQ(refused.kind, Login::refused);
  EXPECT_EQ(refused.oauth_json, "{\"status\":\"401\"}");
  if (user.empty()) co_return;
  upstream_.users[user] = "stale-token";
  const auto accepted = co_await verify(token);
  EXPECT_EQ(accepted.kind, Login::accepted);
  EXPECT_EQ(upstream_.count(std::string("AUTH ") + smtp::to_string(mechanism)), 2U);
}
TEST_F(RelayLoginTest, xoauth2_is_passed_through) {
  play(passes_a_token(smtp::Mechanism::xoauth2, "anna"));
}
TEST_F(RelayLoginTest, oauthbearer_is_passed_through) {
  play(passes_a_token(smtp::Mechanism::oauthbearer, "anna"));
}
// RFC 7628 3.1 lets the user name be absent: the token must be checked all the same.
TEST_F(RelayLoginTest, a_token_without_a_user_name_is_not_accepted_unchecked) {
  play(passes_a_token(smtp::Mechanism::oauthbearer, ""));
}

}  // namespace
}  // namespace todoku::relay
