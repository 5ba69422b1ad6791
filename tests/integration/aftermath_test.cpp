// SPDX-License-Identifier: Apache-2.0
// How a kept message goes on: after an attempt, at its deadline, and when a person decides.
#include "proxy/relay/aftermath.hpp"

#include "proxy/relay/keeping.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace todoku::relay {
namespace {

using delivery::MessageState;
using delivery::RecipientState;
using store::EventKind;
using store::WaitsFor;
using namespace std::chrono_literals;

constexpr store::Time start{std::chrono::milliseconds{1'800'000'000'000}};

store::StoredMessage waiting(const std::vector<std::string>& addresses) {
  store::StoredMessage record;
  record.id = "ID";
  record.account = "office";
  record.state = MessageState::waiting;
  record.has_our_250 = true;
  record.envelope.sender = "me@example.test";
  for (const auto& address : addresses) {
    record.envelope.recipients.push_back({address, "", ""});
    record.outcomes.push_back({address, RecipientState::waiting, {}});
  }
  record.body = store::BodyPlace::database;
  record.arrived = start;
  record.deadline = start + 5min;
  return record;
}

Journey journey(std::vector<std::pair<std::string, RecipientState>> states, smtp::Reply reply) {
  Journey journey;
  auto& made = journey.verdict;
  made.attempt.relay = "mail.example.test:587";
  made.attempt.reply = reply;
  made.attempt.phase = smtp::Phase::recipient;
  for (auto& [address, state] : states) made.recipients.push_back({address, state, reply});
  journey.attempts.push_back(made.attempt);
  return journey;
}

std::vector<EventKind> events_in(const store::Changes& changes) {
  std::vector<EventKind> kinds;
  for (const auto& change : changes) {
    if (const auto* added = std::get_if<store::AddEvent>(&change))
      kinds.push_back(added->event.kind);
  }
  return kinds;
}

const store::StoredMessage* put_in(const store::Changes& changes) {
  const store::StoredMessage* found = nullptr;
  for (const auto& change : changes) {
    if (const auto* put = std::get_if<store::PutMessage>(&change)) found = &put->message;
  }
  return found;
}

TEST(Aftermath, SentToAllIsSettledAndTold) {
  auto record = waiting({"a@example.test"});
  record.may_have_left = true;
  const auto after = after_journey(
      record, journey({{"a@example.test", RecipientState::sent}}, {250, "2.0.0", "ok"}), {},
      start + 1min, 0.0);
  EXPECT_EQ(record.state, MessageState::sent);
  EXPECT_FALSE(record.may_have_left);
  EXPECT_TRUE(after.failed.empty());
  EXPECT_EQ(events_in(after.changes), std::vector{EventKind::sent_late});
  ASSERT_NE(put_in(after.changes), nullptr);
  EXPECT_EQ(put_in(after.changes)->state, MessageState::sent);
  EXPECT_EQ(put_in(after.changes)->attempts, 1U);
}

TEST(Aftermath, WhoWasRefusedIsReturnedAndTheOthersGoOn) {
  auto record = waiting({"a@example.test", "b@example.test", "c@example.test"});
  auto mixed = journey({{"a@example.test", RecipientState::sent},
                        {"b@example.test", RecipientState::refused},
                        {"c@example.test", RecipientState::deferred}},
                       {550, "5.1.1", "who?"});
  mixed.verdict.recipients[2].reply = {450, "4.2.1", "later"};
  const auto after = after_journey(record, mixed, {}, start + 1min, 0.0);
  EXPECT_EQ(record.state, MessageState::waiting);
  ASSERT_EQ(after.failed.size(), 1U);
  EXPECT_EQ(after.failed[0].address, "b@example.test");
  EXPECT_EQ(events_in(after.changes), std::vector{EventKind::returned});
  const auto rest = envelope_of_rest(record);
  ASSERT_EQ(rest.recipients.size(), 1U);
  EXPECT_EQ(rest.recipients[0].address, "c@example.test");

  // The next attempt concerns c alone; b is not told of a second time.
  const auto then =
      after_journey(record, journey({{"c@example.test", RecipientState::sent}}, {250, "", ""}), {},
                    start + 2min, 0.0);
  EXPECT_EQ(record.state, MessageState::returned);
  EXPECT_TRUE(then.failed.empty());
  EXPECT_EQ(record.outcomes[0].state, RecipientState::sent);
  EXPECT_EQ(record.outcomes[1].state, RecipientState::refused);
  EXPECT_EQ(record.outcomes[2].state, RecipientState::sent);
}

TEST(Aftermath, ALostAnswerAsksAPersonAndIsNeverDueAgain) {
  auto record = waiting({"a@example.test"});
  const auto after = after_journey(
      record, journey({{"a@example.test", RecipientState::unknown}}, {}), {}, start, 0.0);
  EXPECT_EQ(record.state, MessageState::unknown);
  EXPECT_EQ(record.waits_for, WaitsFor::person);
  EXPECT_EQ(record.deadline, start + 24h);
  EXPECT_EQ(events_in(after.changes), std::vector{EventKind::unknown});
  EXPECT_TRUE(envelope_of_rest(record).recipients.empty());
}

TEST(Aftermath, ResendSendsOnceAfterTheWaitAndAsksTheSecondTime) {
  settings::Settings resend;
  resend.delivery.when_unknown = settings::WhenUnknown::resend;
  auto record = waiting({"a@example.test"});
  const auto lost = journey({{"a@example.test", RecipientState::unknown}}, {});
  (void)after_journey(record, lost, resend, start, 0.0);
  EXPECT_EQ(record.waits_for, WaitsFor::time);
  EXPECT_EQ(record.deadline, start + resend.delivery.unknown_wait);

  const auto at = record.deadline;
  const auto again = after_deadline(record, resend, at);
  EXPECT_EQ(record.state, MessageState::waiting);
  EXPECT_EQ(record.next_attempt, at);
  EXPECT_EQ(envelope_of_rest(record).recipients.size(), 1U);
  EXPECT_EQ(events_in(again.changes), std::vector{EventKind::resent});

  (void)after_journey(record, lost, resend, at, 0.0);
  EXPECT_EQ(record.state, MessageState::unknown);
  EXPECT_EQ(record.waits_for, WaitsFor::person);
}

TEST(Aftermath, LateIsToldOnceAndTooOldIsReturned) {
  auto record = waiting({"a@example.test"});
  const settings::Settings defaults;
  const auto late = after_deadline(record, defaults, record.deadline);
  EXPECT_EQ(record.state, MessageState::waiting);
  EXPECT_EQ(events_in(late.changes), std::vector{EventKind::delayed});
  EXPECT_EQ(record.deadline, start + defaults.delivery.max_age);

  const auto old = after_deadline(record, defaults, record.deadline);
  EXPECT_EQ(record.state, MessageState::returned);
  EXPECT_EQ(events_in(old.changes), std::vector{EventKind::returned});
  ASSERT_EQ(old.failed.size(), 1U);
}

TEST(Aftermath, HeldAndUnknownAreReturnedAtTheirDeadlineNeverSent) {
  for (const auto state : {MessageState::held, MessageState::unknown}) {
    auto record = waiting({"a@example.test"});
    record.state = state;
    record.waits_for = WaitsFor::person;
    const auto after = after_deadline(record, {}, start + 25h);
    EXPECT_EQ(record.state, MessageState::returned);
    EXPECT_EQ(after.failed.size(), 1U);
  }
}

TEST(Aftermath, AnUndoWindowThatIsOverLetsTheMessageGo) {
  auto record = waiting({"a@example.test"});
  record.state = MessageState::held;
  record.waits_for = WaitsFor::time;
  const auto end = start + 10s;
  const auto after = after_deadline(record, {}, end);
  EXPECT_EQ(record.state, MessageState::waiting);
  EXPECT_EQ(record.next_attempt, end);
  EXPECT_EQ(record.deadline, end + settings::Delivery{}.delay_notice);
  EXPECT_EQ(events_in(after.changes), std::vector{EventKind::undo_window_over});
  EXPECT_TRUE(after.failed.empty());
}

TEST(Aftermath, InTheUndoWindowAPersonDiscardsOrReleases) {
  for (const auto verb : {store::Verb::discard, store::Verb::release}) {
    auto record = waiting({"a@example.test"});
    record.state = MessageState::held;
    record.waits_for = WaitsFor::time;
    store::Request request;
    request.verb = verb;
    const auto decision = after_request(record, request, {}, start + 3s);
    EXPECT_EQ(decision.outcome, store::RequestOutcome::done);
    EXPECT_EQ(record.state,
              verb == store::Verb::discard ? MessageState::discarded : MessageState::waiting);
  }
}

TEST(Aftermath, APersonReleasesWithACorrectedRecipient) {
  auto record = waiting({"a@exmaple.test", "b@example.test"});
  record.state = MessageState::held;
  store::Request request;
  request.verb = store::Verb::release;
  request.corrections = {{"a@exmaple.test", "a@example.test"}};
  const auto decision = after_request(record, request, {}, start + 1h);
  EXPECT_EQ(decision.outcome, store::RequestOutcome::done);
  EXPECT_EQ(record.state, MessageState::waiting);
  EXPECT_EQ(record.next_attempt, start + 1h);
  EXPECT_EQ(envelope_of_rest(record).recipients[0].address, "a@example.test");
}

TEST(Aftermath, APersonSendsAnUnknownMessageAgainOrLeavesIt) {
  auto again = waiting({"a@example.test"});
  again.state = MessageState::unknown;
  again.outcomes[0].state = RecipientState::unknown;
  auto leave = again;
  store::Request request;
  request.verb = store::Verb::retry;
  EXPECT_EQ(after_request(again, request, {}, start).outcome, store::RequestOutcome::done);
  EXPECT_EQ(envelope_of_rest(again).recipients.size(), 1U);
  request.verb = store::Verb::discard;
  EXPECT_EQ(after_request(leave, request, {}, start).outcome, store::RequestOutcome::done);
  EXPECT_EQ(leave.state, MessageState::discarded);
}

TEST(Aftermath, WhatDoesNotFitTheStateChangesNothing) {
  for (const auto state : {MessageState::sent, MessageState::returned, MessageState::discarded,
                           MessageState::refused, MessageState::sending}) {
    for (const auto verb : {store::Verb::retry, store::Verb::release, store::Verb::discard}) {
      auto record = waiting({"a@example.test"});
      record.state = state;
      store::Request request;
      request.verb = verb;
      const auto decision = after_request(record, request, {}, start);
      EXPECT_EQ(decision.outcome, store::RequestOutcome::wrong_state);
      EXPECT_TRUE(decision.changes.empty());
      EXPECT_EQ(record.state, state);
    }
  }
  auto gone = waiting({"a@example.test"});
  gone.body = store::BodyPlace::none;
  EXPECT_EQ(after_request(gone, {}, {}, start).outcome, store::RequestOutcome::body_gone);
}

Journey withheld_journey(std::vector<std::pair<std::string, RecipientState>> states) {
  auto made = journey(std::move(states), {554, "5.7.1", "blocked"});
  delivery::AlignmentRecord record;
  record.fallback = "spare";
  record.reason = "would-fail";
  made.verdict.withheld = record;
  made.withheld_from = {"a@x.test"};
  return made;
}

TEST(Aftermath, WhatOnlyAFallbackCouldTakeIsHeldForAPerson) {
  auto record = waiting({"a@x.test", "b@x.test"});
  const auto tried =
      withheld_journey({{"a@x.test", RecipientState::refused}, {"b@x.test", RecipientState::sent}});
  const auto aftermath = after_journey(record, tried, {}, start, 0.5);
  EXPECT_EQ(record.state, MessageState::held);
  EXPECT_EQ(record.waits_for, WaitsFor::person);
  EXPECT_GT(record.deadline, start);
  EXPECT_TRUE(aftermath.failed.empty());
  EXPECT_TRUE(aftermath.withheld.has_value());
  EXPECT_EQ(events_in(aftermath.changes), std::vector{EventKind::held});
  ASSERT_EQ(envelope_of_rest(record).recipients.size(), 1U);
  EXPECT_EQ(envelope_of_rest(record).recipients[0].address, "a@x.test");
}

TEST(Aftermath, AHeldOneGoesOnWithThoseThatWait) {
  auto record = waiting({"a@x.test", "b@x.test"});
  const auto tried = withheld_journey(
      {{"a@x.test", RecipientState::refused}, {"b@x.test", RecipientState::deferred}});
  const auto aftermath = after_journey(record, tried, {}, start, 0.5);
  EXPECT_EQ(record.state, MessageState::waiting);
  EXPECT_EQ(envelope_of_rest(record).recipients.size(), 2U);
  EXPECT_FALSE(aftermath.withheld.has_value());
}

TEST(Aftermath, BesideALostAnswerNothingIsHeldToBeSent) {
  auto record = waiting({"a@x.test", "b@x.test"});
  const auto tried = withheld_journey(
      {{"a@x.test", RecipientState::refused}, {"b@x.test", RecipientState::unknown}});
  (void)after_journey(record, tried, {}, start, 0.5);
  EXPECT_EQ(record.state, MessageState::unknown);
  EXPECT_TRUE(has_any(record, RecipientState::refused));
}

}  // namespace
}  // namespace todoku::relay
