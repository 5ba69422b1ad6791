// SPDX-License-Identifier: Apache-2.0
// Messages on their way to a relay: which connection they use, what is tried again and what never,
// and giving up at every point.
#include "tests/support/failing_files.hpp"
#include "tests/support/relay_fixture.hpp"

#include <string>

namespace todoku::relay {
namespace {

using boost::asio::awaitable;
using delivery::Obstacle;
using support::Reaction;
using Kind = Reaction::Kind;

class RelayTest : public support::RelayFixture {
 protected:
  awaitable<void> uses_a_warm_connection();
  awaitable<void> never_shares_between_users();
  awaitable<void> keeps_cap_and_order();
  awaitable<void> lets_nobody_starve();
  awaitable<void> tries_a_fresh_connection(std::string last_words);
  awaitable<void> notices_a_closed_connection();
  awaitable<void> skips_other_dead_connections();
  awaitable<void> never_sends_twice(bool on_warm);
  awaitable<void> gives_up_while_connecting();
  awaitable<void> gives_up_before_the_end();
  awaitable<void> gives_up_too_late();
  awaitable<void> abandons_a_body();
  awaitable<void> loses_the_spool();
  awaitable<void> prepares_one();
  awaitable<void> waits_for_one_failure();
  awaitable<void> offers_without_upstream();
};

awaitable<void> RelayTest::uses_a_warm_connection() {
  for (int i = 0; i < 3; ++i) {
    const auto state = co_await state_of_sending("anna");
    EXPECT_EQ(state, State::sent);
  }
  EXPECT_EQ(upstream_.connections, 1U);
  EXPECT_EQ(upstream_.count("AUTH"), 1U);
  EXPECT_EQ(upstream_.messages.size(), 3U);
}
TEST_F(RelayTest, a_warm_connection_is_used_again) {
  play(uses_a_warm_connection());
}

awaitable<void> RelayTest::never_shares_between_users() {
  for (const char* user : {"anna", "bert", "anna", "bert"}) {
    const auto state = co_await state_of_sending(user);
    EXPECT_EQ(state, State::sent);
    EXPECT_EQ(upstream_.messages.back().user, user);
  }
  EXPECT_EQ(upstream_.connections, 2U);
}
TEST_F(RelayTest, two_users_never_share_a_connection) {
  play(never_shares_between_users());
}

// anna, bert, anna through one connection: the second message of anna gets the connection of the
// first one handed over, and bert is served too.
awaitable<void> RelayTest::keeps_cap_and_order() {
  at("END", Kind::hold);
  Verdict first, second, third, fourth;
  deliver_to(first, whole("anna", "1\r\n"));
  co_await until_holding(1);
  deliver_to(second, whole("bert", "2\r\n"));
  deliver_to(third, whole("anna", "3\r\n"));
  deliver_to(fourth, whole("anna", "4\r\n"));
  for (std::size_t taken = 2; taken <= 4; ++taken) {
    upstream_.release();
    const std::function<bool()> is_next = [this, taken] {
      return upstream_.messages.size() == taken && upstream_.holding == 1;
    };
    co_await until(is_next);
  }
  upstream_.release();
  co_await until_there(second);
  EXPECT_EQ(order(), "1342");
  EXPECT_EQ(upstream_.most_open, 1U);
  EXPECT_EQ(upstream_.connections, 2U);
  for (const auto* verdict : {&first, &second, &third, &fourth}) {
    EXPECT_TRUE(*verdict && (*verdict)->state() == State::sent);
  }
}
TEST_F(RelayTest, the_cap_holds_and_a_waiter_gets_the_connection_handed_over) {
  settings_.delivery.connections_per_account = 1;
  play(keeps_cap_and_order());
}

awaitable<void> RelayTest::lets_nobody_starve() {
  at("END", Kind::hold);
  std::vector<Verdict> annas(20);
  Verdict bert;
  deliver_to(annas[0], whole("anna", "a\r\n"));
  co_await until_holding(1);
  deliver_to(bert, whole("bert", "b\r\n"));
  for (std::size_t i = 1; i < annas.size(); ++i) deliver_to(annas[i], whole("anna", "a\r\n"));
  upstream_.react = nullptr;
  upstream_.release();
  co_await until_there(annas.back());
  EXPECT_LT(order().find('b'), 12U) << order();
  EXPECT_EQ(upstream_.most_open, 1U);
}
TEST_F(RelayTest, a_waiter_is_not_passed_over_for_ever) {
  settings_.delivery.connections_per_account = 1;
  play(lets_nobody_starve());
}

awaitable<void> RelayTest::tries_a_fresh_connection(std::string last_words) {
  auto state = co_await state_of_sending("anna");
  upstream_.react = [last_words](std::string_view verb, std::size_t connection) {
    if (verb != "MAIL" || connection > 1) return Reaction{};
    return last_words.empty() ? Reaction{Kind::close, ""} : Reaction{Kind::reply, last_words};
  };
  state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 2U);
  EXPECT_EQ(upstream_.messages.size(), 2U);
}
TEST_F(RelayTest, a_warm_connection_that_breaks_before_the_body_is_tried_once_more) {
  settings_.delivery.careful_after = {};
  play(tries_a_fresh_connection(""));
}
TEST_F(RelayTest, a_warm_connection_that_says_421_is_tried_once_more) {
  play(tries_a_fresh_connection("421 4.4.2 idle for too long"));
}

awaitable<void> RelayTest::notices_a_closed_connection() {
  auto state = co_await state_of_sending("anna");
  upstream_.drop_connections();
  state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.connections, 2U);
  EXPECT_EQ(upstream_.messages.size(), 2U);
}
TEST_F(RelayTest, a_connection_that_was_closed_while_idle_is_not_used) {
  play(notices_a_closed_connection());
}

// Two warm connections die unseen: the one second try must not meet the other dead one.
awaitable<void> RelayTest::skips_other_dead_connections() {
  at("END", Kind::hold);
  Verdict first, second;
  deliver_to(first, whole("anna"));
  deliver_to(second, whole("anna"));
  co_await until_holding(2);
  upstream_.release();
  co_await until_there(first);
  co_await until_there(second);
  upstream_.react = [](std::string_view verb, std::size_t connection) {
    return verb == "MAIL" && connection < 3 ? Reaction{Kind::close, ""} : Reaction{};
  };
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.messages.size(), 3U);
}
TEST_F(RelayTest, the_second_try_uses_a_fresh_connection) {
  settings_.delivery.careful_after = {};
  play(skips_other_dead_connections());
}

awaitable<void> RelayTest::never_sends_twice(bool on_warm) {
  if (on_warm) co_await state_of_sending("anna");
  at("END", Kind::close);
  const auto verdict = co_await send("anna");
  EXPECT_EQ(verdict.state(), State::unknown);
  EXPECT_EQ(verdict.attempt.obstacle, Obstacle::answer_lost);
  EXPECT_EQ(upstream_.messages.size(), on_warm ? 2U : 1U);
  EXPECT_EQ(upstream_.connections, 1U);
}
TEST_F(RelayTest, a_lost_last_answer_is_unknown_and_nothing_is_sent_again) {
  play(never_sends_twice(false));
}
TEST_F(RelayTest, a_lost_last_answer_on_a_warm_connection_is_unknown_too) {
  play(never_sends_twice(true));
}
TEST_F(RelayTest, a_lost_last_answer_to_data_is_unknown_too) {
  upstream_.extensions = {"PIPELINING", "AUTH PLAIN"};
  play(never_sends_twice(true));
}

awaitable<void> RelayTest::gives_up_while_connecting() {
  at("CONNECT", Kind::hold);
  Verdict verdict;
  const auto outgoing = whole("anna");
  deliver_to(verdict, outgoing);
  co_await until_holding(1);
  EXPECT_TRUE(outgoing->give_up());
  upstream_.release();
  co_await until_there(verdict);
  EXPECT_EQ(verdict->attempt.obstacle, Obstacle::given_up);
  EXPECT_EQ(upstream_.count("MAIL"), 0U);
}
TEST_F(RelayTest, giving_up_while_connecting_sends_nothing) {
  play(gives_up_while_connecting());
}

awaitable<void> RelayTest::gives_up_before_the_end() {
  at("RCPT", Kind::hold);
  Verdict verdict;
  const auto outgoing = whole("anna");
  outgoing->envelope.recipients.push_back({"other@example.test", "", ""});
  deliver_to(verdict, outgoing);
  co_await until_holding(1);
  EXPECT_TRUE(outgoing->give_up());
  co_await until_there(verdict);
  EXPECT_EQ(verdict->state(), State::refused);
  upstream_.release();
  upstream_.react = nullptr;
  const auto state = co_await state_of_sending("anna");  // on a new connection
  EXPECT_EQ(state, State::sent);
  EXPECT_EQ(upstream_.messages.size(), 1U);
}
TEST_F(RelayTest, giving_up_before_the_end_has_left_means_nobody_got_it) {
  play(gives_up_before_the_end());
}

awaitable<void> RelayTest::gives_up_too_late() {
  at("END", Kind::hold);
  Verdict verdict;
  const auto outgoing = whole("anna");
  deliver_to(verdict, outgoing);
  co_await until_holding(1);
  EXPECT_GT(outgoing->progress(), 50U);
  EXPECT_FALSE(outgoing->give_up());
  upstream_.release();
  co_await until_there(verdict);
  EXPECT_EQ(verdict->state(), State::sent);
}
TEST_F(RelayTest, giving_up_after_the_end_has_left_changes_nothing) {
  play(gives_up_too_late());
}

awaitable<void> RelayTest::abandons_a_body() {
  Verdict verdict;
  const auto outgoing = message("anna", std::string(700'000, 'x') + "\r\n");
  deliver_to(verdict, outgoing);
  const std::function<bool()> is_under_way = [this] { return upstream_.body_bytes > 0; };
  if (upstream_.extensions.size() > 2) co_await until(is_under_way);
  const std::function<bool()> is_read = [&outgoing] { return outgoing->body->read_to() > 600'000; };
  co_await until(is_read);
  EXPECT_TRUE(outgoing->give_up());
  co_await until_there(verdict);
  EXPECT_EQ(verdict->state(), State::refused);
  const std::function<bool()> is_gone = [this] { return upstream_.open == 0; };
  co_await until(is_gone);
  EXPECT_TRUE(upstream_.messages.empty());
}
TEST_F(RelayTest, an_abandoned_body_never_ends_at_the_relay_by_bdat) {
  play(abandons_a_body());
}
TEST_F(RelayTest, an_abandoned_body_never_ends_at_the_relay_by_data) {
  upstream_.extensions = {"PIPELINING", "AUTH PLAIN"};
  play(abandons_a_body());
}

awaitable<void> RelayTest::loses_the_spool() {
  const auto verdict = co_await send("anna");
  EXPECT_EQ(verdict.state(), State::refused);
  EXPECT_EQ(verdict.attempt.obstacle, Obstacle::local_trouble);
  EXPECT_EQ(verdict.recipients.front().state, delivery::RecipientState::deferred);
  EXPECT_EQ(upstream_.count("MAIL"), 0U);
}
TEST_F(RelayTest, a_spool_that_cannot_be_read_is_our_trouble_and_temporary) {
  support::Faults lost;
  lost.read = boost::system::errc::make_error_code(boost::system::errc::io_error);
  spool_ = store::Spool::open(dir_.path(), 0, 1 << 30, store::Sealer::none(),
                              std::make_unique<support::FailingFiles>(lost))
               .value();
  play(loses_the_spool());
}

awaitable<void> RelayTest::prepares_one() {
  for (int i = 0; i < 3; ++i) relay_->prepare(settings_.accounts.front());
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
  relay_->prepare(settings_.accounts.front());
  const std::chrono::milliseconds a_moment(30);
  co_await net::pause(io_.executor(), a_moment);
  EXPECT_EQ(upstream_.connections, 1U);
}
TEST_F(RelayTest, prepare_dials_at_most_one_and_it_is_used) {
  play(prepares_one());
}

awaitable<void> RelayTest::waits_for_one_failure() {
  at("CONNECT", Kind::reply, "421 4.3.2 not now");
  relay_->prepare(settings_.accounts.front());
  const auto verdict = co_await send("anna");
  EXPECT_EQ(verdict.attempt.phase, smtp::Phase::greeting);
  EXPECT_EQ(verdict.recipients.front().state, delivery::RecipientState::deferred);
  EXPECT_EQ(upstream_.connections, 1U);
  upstream_.react = nullptr;
  const auto state = co_await state_of_sending("anna");
  EXPECT_EQ(state, State::sent);
}
TEST_F(RelayTest, who_waited_for_a_prepared_connection_is_told_of_its_failure) {
  play(waits_for_one_failure());
}

awaitable<void> RelayTest::offers_without_upstream() {
  upstream_.extensions = {"SMTPUTF8", "DSN", "AUTH PLAIN"};
  EXPECT_FALSE(relay_->offered().smtputf8);
  co_await state_of_sending("anna");
  upstream_.stop();
  start_relay();
  EXPECT_TRUE(relay_->offered().smtputf8);
  EXPECT_TRUE(relay_->offered().dsn);
}
TEST_F(RelayTest, what_an_upstream_offers_is_remembered_across_a_restart) {
  play(offers_without_upstream());
}

}  // namespace
}  // namespace todoku::relay
