// SPDX-License-Identifier: Apache-2.0
// The message behind a refused one: RSET goes with it, and where that fails a fresh connection
// carries it, once.
#include "tests/support/relay_fixture.hpp"

#include <string>

namespace todoku::relay {
namespace {

using boost::asio::awaitable;
using support::Reaction;
using Kind = Reaction::Kind;

class RelayResetTest : public support::RelayFixture {
 protected:
  awaitable<void> does_not_wait_for_reset();
  awaitable<void> is_refused();
  awaitable<void> makes_up_for_a_refusal(std::size_t flights);
  awaitable<void> meets_trouble_at_reset(Kind kind, std::string words);
  awaitable<void> is_handed_a_refused_connection();
};

awaitable<void> RelayResetTest::does_not_wait_for_reset() {
  upstream_.react = [](std::string_view verb, std::size_t) {
    if (verb == "RSET") return Reaction{Kind::hold, ""};
    return verb == "END" ? Reaction{Kind::reply, "554 5.7.1 spam"} : Reaction{};
  };
  const auto verdict = co_await send("anna");
  EXPECT_EQ(verdict.state(), State::refused);
  EXPECT_EQ(verdict.attempt.reply.code, 554);
  upstream_.react = nullptr;
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 1U);
  EXPECT_EQ(upstream_.count("RSET"), 1U);
}
TEST_F(RelayResetTest, a_refusal_does_not_wait_for_the_reply_to_reset) {
  play(does_not_wait_for_reset());
}

awaitable<void> RelayResetTest::is_refused() {
  upstream_.react = [](std::string_view verb, std::size_t) {
    if (verb == "RCPT") return Reaction{Kind::reply, "550 5.1.1 unknown"};
    const bool is_echo = verb == "DATA" || verb == "END";
    return is_echo ? Reaction{Kind::reply, "503 5.5.1 no recipients"} : Reaction{};
  };
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::refused);
}

awaitable<void> RelayResetTest::makes_up_for_a_refusal(std::size_t flights) {
  co_await is_refused();
  upstream_.react = nullptr;
  const auto before = upstream_.flights;
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 1U);
  EXPECT_EQ(upstream_.count("RSET"), 1U);
  EXPECT_EQ(upstream_.flights - before, flights);
}
TEST_F(RelayResetTest, the_reset_after_a_refusal_shares_the_flight_of_the_next_message) {
  play(makes_up_for_a_refusal(1));
}
TEST_F(RelayResetTest, the_reset_after_a_refusal_shares_the_flight_with_data) {
  upstream_.extensions = {"PIPELINING", "AUTH PLAIN"};
  play(makes_up_for_a_refusal(2));
}
TEST_F(RelayResetTest, the_reset_after_a_refusal_shares_the_flight_of_a_careful_message) {
  settings_.delivery.careful_after = {};
  play(makes_up_for_a_refusal(2));
}
TEST_F(RelayResetTest, the_reset_after_a_refusal_goes_alone_without_pipelining) {
  upstream_.extensions = {"AUTH PLAIN"};
  play(makes_up_for_a_refusal(5));
}

// The connection had died, or was fed up with us: a fresh one carries the message, once.
awaitable<void> RelayResetTest::meets_trouble_at_reset(Kind kind, std::string words) {
  co_await is_refused();
  upstream_.react = [kind, words](std::string_view verb, std::size_t connection) {
    if (connection > 1) return Reaction{};
    if (verb == "RSET") return Reaction{kind, words};
    return Reaction{Kind::reply, "503 5.5.1 out of step"};
  };
  const auto taken = upstream_.messages.size();
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 2U);
  EXPECT_EQ(upstream_.messages.back().connection, 2U);
  EXPECT_LE(upstream_.messages.size(), taken + 2);  // one of them refused
}
TEST_F(RelayResetTest, a_connection_that_ends_at_reset_is_replaced) {
  settings_.delivery.careful_after = {};
  play(meets_trouble_at_reset(Kind::close, ""));
}
TEST_F(RelayResetTest, a_connection_that_ends_at_reset_before_data_is_replaced) {
  upstream_.extensions = {"PIPELINING", "AUTH PLAIN"};
  play(meets_trouble_at_reset(Kind::close, ""));
}
TEST_F(RelayResetTest, a_connection_that_ends_at_reset_without_pipelining_is_replaced) {
  upstream_.extensions = {"AUTH PLAIN"};
  play(meets_trouble_at_reset(Kind::close, ""));
}
TEST_F(RelayResetTest, a_421_to_reset_sends_the_message_over_a_fresh_connection) {
  play(meets_trouble_at_reset(Kind::reply, "421 4.4.2 bye"));
}
TEST_F(RelayResetTest, a_refused_reset_sends_the_message_over_a_fresh_connection) {
  play(meets_trouble_at_reset(Kind::reply, "554 5.5.1 too many commands"));
}

// A relay that closes behind a refusal has perhaps just done so: the one who waited for the
// connection must not lose sight of its message by that.
awaitable<void> RelayResetTest::is_handed_a_refused_connection() {
  at("RCPT", Kind::hold);
  Verdict first, second;
  deliver_to(first, whole("anna", "1\r\n"));
  co_await until_holding(1);
  deliver_to(second, whole("anna", "2\r\n"));
  upstream_.react = [](std::string_view verb, std::size_t connection) {
    if (connection > 1) return Reaction{};
    if (verb == "RSET") return Reaction{Kind::close, ""};
    return verb == "END" ? Reaction{Kind::reply, "554 5.7.1 spam"} : Reaction{};
  };
  upstream_.release();
  co_await until_there(second);
  EXPECT_EQ(first->state(), State::refused);
  EXPECT_EQ(second->state(), State::sent);
  EXPECT_EQ(order(), "12");
}
TEST_F(RelayResetTest, a_connection_handed_over_behind_a_refusal_is_treated_with_care) {
  settings_.delivery.connections_per_account = 1;
  play(is_handed_a_refused_connection());
}

}  // namespace
}  // namespace todoku::relay
