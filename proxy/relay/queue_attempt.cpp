// SPDX-License-Identifier: Apache-2.0
// One attempt for a message of the queue, from its record to its record.
#include "proxy/delivery/next_step.hpp"
#include "proxy/relay/notices.hpp"
#include "proxy/relay/queue.hpp"

#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;

namespace {

constexpr wire::Duration unreadable_pause{1'000};

}  // namespace

asio::awaitable<void> Queue::attempt(Lane& lane, std::string id) {
  const auto leave = [](Lane* left) { left->ends(); };
  const std::unique_ptr<Lane, decltype(leave)> taken(&lane, leave);
  const auto loaded = co_await keeping_.store.load(id);
  if (loaded.has_error()) {
    const bool is_left = co_await leave_unreadable(id, loaded.error());
    if (!is_left) co_await net::pause(around_.rooms.executor(), unreadable_pause);
  }
  const bool is_due = loaded.has_value() && *loaded && (*loaded)->state == MessageState::waiting;
  if (is_due) {
    auto record = **loaded;
    co_await try_message(lane, std::move(record));
  }
  release(id);
}

asio::awaitable<void> Queue::try_message(Lane& lane, store::StoredMessage record) {
  const auto is_pointless = co_await is_moot(record);
  if (is_pointless) {
    record.state = MessageState::discarded;
    Aftermath nothing_more;
    nothing_more.changes.push_back(store::PutMessage{record});
    co_await commit(std::move(record), std::move(nothing_more));
    co_return;
  }
  const auto* credentials = relay_.credentials_of(lane.account, record.user);
  if (!record.user.empty() && credentials == nullptr) {
    co_await wait_for_login(std::move(record));
    co_return;
  }
  auto message = std::make_shared<submission::Outgoing>();
  message->body = co_await body_of(record);
  if (!message->body) {
    co_await give_back_without_body(std::move(record));
    co_return;
  }
  message->id = record.id;
  message->account = &lane.account;
  if (credentials != nullptr) message->credentials = *credentials;
  message->envelope = envelope_of_rest(record);
  message->from_address = record.from_address;
  message->is_signed = record.is_signed;
  message->accepts_partly = true;
  message->may_go_round = !record.was_resent;
  const auto written = std::make_shared<store::StoredMessage>(std::move(record));
  message->before_end = [this, written] { return write_may_leave(written); };
  auto journey = co_await carry(message);
  auto tried = *written;
  co_await finish(std::move(tried), std::move(journey));
}

// It has our 250 already: what is on its way must be known even after a power cut.
asio::awaitable<bool> Queue::write_may_leave(std::shared_ptr<store::StoredMessage> record) {
  record->may_have_left = true;
  store::Changes changes;
  changes.push_back(store::PutMessage{*record});
  const auto failed = co_await keeping_.store.write(std::move(changes), store::Durability::disk);
  if (failed) log_trouble("queue.not_written", record->id, failed);
  co_return !failed;
}

asio::awaitable<std::shared_ptr<store::Body>> Queue::body_of(const store::StoredMessage& record) {
  std::shared_ptr<store::Body> body;
  if (record.body == store::BodyPlace::database || record.body == store::BodyPlace::copy) {
    auto bytes = co_await keeping_.store.small_body(record.id);
    if (bytes.has_value()) {
      body = store::Body::of_bytes(around_.rooms.executor(), keeping_.spool, record.id,
                                   std::move(*bytes));
    } else {
      log_trouble("queue.body_unreadable", record.id, bytes.error());
    }
  } else if (record.body == store::BodyPlace::file) {
    auto opened =
        store::Body::reopen(around_.rooms.executor(), keeping_.spool, record.id, record.size);
    if (opened.has_value()) {
      body = std::move(*opened);
    } else {
      log_trouble("queue.body_unreadable", record.id, opened.error());
    }
  }
  co_return body;
}

// The next log-in of its user hastens it. One event for each user, not for each message.
void Queue::ask_for_login(const store::StoredMessage& record, store::Changes& changes) {
  const auto* account = account_named(record.account);
  if (account == nullptr || !lane_of(*account).wants_login.insert(record.user).second) return;
  add_event(changes, record, now(), store::EventKind::login_needed,
            {{"account", record.account}, {"user", record.user}});
  around_.log.write(platform::LogLevel::warning, "queue.login_needed", record.id,
                    {{"account", record.account}});
}

// Passwords are not kept on disk: after a restart the mail waits until its user logs in.
asio::awaitable<void> Queue::wait_for_login(store::StoredMessage record) {
  Aftermath aftermath;
  ask_for_login(record, aftermath.changes);
  record.waits_for = store::WaitsFor::login;
  record.next_attempt = record.arrived + around_.settings.delivery.max_age;
  aftermath.changes.push_back(store::PutMessage{record});
  co_await commit(std::move(record), std::move(aftermath));
}

// Somebody removed or changed what was kept on disk: its sender has to know.
asio::awaitable<void> Queue::give_back_without_body(store::StoredMessage record) {
  record.body = store::BodyPlace::none;
  record.deadline = now();
  record.arrived = now() - around_.settings.delivery.max_age;
  auto aftermath = after_deadline(record, around_.settings, now());
  co_await commit(std::move(record), std::move(aftermath));
}

}  // namespace todoku::relay
