// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/one_attempt.hpp"

#include "proxy/delivery/verdict.hpp"

#include <chrono>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

std::chrono::milliseconds since(std::chrono::steady_clock::time_point started) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               started);
}

// Nobody got the message and the connection was an old one: the relay had probably closed it.
bool was_stale(const Lease& lease, const smtp::Exchange& exchange) {
  if (!lease.is_warm) return false;
  const bool broke = exchange.result == smtp::Exchange::Result::failed &&
                     exchange.trouble == smtp::Trouble::closed;
  const bool dismissed =
      exchange.result == smtp::Exchange::Result::refused && exchange.reply.code == 421;
  return broke || dismissed;
}

// MAIL and RCPT first, the body only after their replies: where the relay may have closed the
// connection unseen. Some do so without a word, long after a message or right behind a refusal.
bool needs_care(const Lease& lease, const settings::Delivery& delivery) {
  const auto& connection = *lease.connection;
  return connection.idle_for() > delivery.careful_after ||
         (lease.is_handed_over && connection.has_refused());
}

// again: may a stale connection be given a second try; says afterwards whether one is called for.
asio::awaitable<delivery::Verdict> try_once(Upstream& upstream, submission::Outgoing& message,
                                            const smtp::Credentials& credentials,
                                            const settings::Settings& settings, bool& again) {
  const auto started = std::chrono::steady_clock::now();
  const bool may_try_again = std::exchange(again, false);
  auto acquired = co_await upstream.acquire(credentials);
  if (auto* none = std::get_if<NoConnection>(&acquired)) {
    none->attempt.took = since(started);
    co_return delivery::verdict_of(std::move(none->attempt), message.envelope);
  }
  auto lease = std::move(std::get<Lease>(acquired));
  const bool careful = needs_care(lease, settings.delivery);
  const auto exchange = co_await lease.connection->carry(message, careful);
  if (may_try_again && was_stale(lease, exchange) && !message.is_given_up) again = true;
  auto verdict = delivery::verdict_of(exchange, message.envelope, lease.connection->relay());
  if (lease.connection->has_lost_body()) {
    verdict.attempt.obstacle = delivery::Obstacle::local_trouble;
  }
  verdict.attempt.took = since(started);
  upstream.give_back(std::move(lease));
  co_return verdict;
}

}  // namespace

asio::awaitable<delivery::Verdict> attempt_at(Upstream& upstream, submission::Outgoing& message,
                                              const smtp::Credentials& credentials,
                                              const settings::Settings& settings) {
  bool again = true;
  auto verdict = co_await try_once(upstream, message, credentials, settings, again);
  if (again) {
    upstream.drop_idle(credentials);  // as old as the one that failed
    verdict = co_await try_once(upstream, message, credentials, settings, again);
  }
  co_return verdict;
}

void log_outcome(const submission::Outgoing& message, const delivery::Verdict& verdict,
                 platform::Log& log) {
  // The submission room's line tells of success; a second one would only cost time.
  const auto level = verdict.state() == delivery::MessageState::sent ? platform::LogLevel::debug
                                                                     : platform::LogLevel::warning;
  if (!log.wants(level)) return;
  const auto& attempt = verdict.attempt;
  // Out of reach is no refusal: nobody has decided about the message.
  const bool is_undecided = verdict.state() == delivery::MessageState::refused &&
                            attempt.obstacle != delivery::Obstacle::none;
  log.write(level, "relay.outcome", message.id,
            {{"state", is_undecided ? "undecided" : delivery::to_string(verdict.state())},
             {"relay", attempt.relay},
             {"phase", smtp::to_string(attempt.phase)},
             {"reply", smtp::to_line(attempt.reply)},
             {"detail", attempt.detail},
             {"ms", static_cast<std::int64_t>(attempt.took.count())}});
}

}  // namespace todoku::relay
