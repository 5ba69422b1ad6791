// SPDX-License-Identifier: Apache-2.0
// What people ask for by todoku messages and its kin, which leave requests in the database.
#include "proxy/relay/queue.hpp"

#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

asio::awaitable<void> Queue::do_requests() {
  const auto requests = co_await keeping_.store.take_requests();
  if (requests.has_error()) co_return;
  for (const auto& request : *requests) co_await do_request(request);
}

// What a test mail has shown of a fallback, found out by todoku relays learn.
Decision Queue::learn(const store::Request& request) {
  Decision decision;
  auto lesson = delivery::lesson_from(request.corrections, now());
  lesson.fallback = request.message_id;
  const bool is_known = !lesson.from_domain.empty() && paths_.learn(lesson, decision.changes);
  if (!is_known) decision.outcome = store::RequestOutcome::no_such_message;
  return decision;
}

asio::awaitable<Decision> Queue::decide(const store::Request& request) {
  if (request.verb == store::Verb::learn) co_return learn(request);
  if (request.verb == store::Verb::know_people)
    co_return people_known(request, around_.settings, now());
  Decision decision;
  const auto loaded = co_await keeping_.store.load(request.message_id);
  if (loaded.has_error() || !*loaded) {
    decision.outcome = store::RequestOutcome::no_such_message;
    co_return decision;
  }
  auto record = **loaded;
  const bool is_busy = under_way_.contains(record.id) || unwritten_.contains(record.id);
  if (is_busy) {
    decision.outcome = store::RequestOutcome::wrong_state;
    co_return decision;
  }
  co_return after_request(record, request, around_.settings, now());
}

asio::awaitable<void> Queue::do_request(store::Request request) {
  auto decision = co_await decide(request);
  decision.changes.push_back(store::AnswerRequest{request.number, decision.outcome});
  auto changes = std::move(decision.changes);
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  if (failed) log_trouble("queue.not_written", request.message_id, failed);
  const bool may_send = request.verb == store::Verb::retry || request.verb == store::Verb::release;
  if (decision.outcome == store::RequestOutcome::done && may_send) {
    network_is_back();  // a person wants it tried now
  }
  around_.log.write(
      platform::LogLevel::info, "queue.request", request.message_id,
      {{"verb", store::to_string(request.verb)}, {"outcome", store::to_string(decision.outcome)}});
}

}  // namespace todoku::relay
