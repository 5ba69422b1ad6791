// SPDX-License-Identifier: Apache-2.0
// Accepts clients and lets each have a session.
#include "proxy/submission/room.hpp"

#include "proxy/submission/session.hpp"

#include <utility>

namespace todoku::submission {

namespace asio = boost::asio;

Room::Room(Surroundings around)
    : around_(std::move(around)),
      chance_(std::random_device{}()),
      session_ended_(around_.rooms.executor()) {}

Room::~Room() = default;

void Room::open(net::Listener listener, Entrance entrance) {
  auto& kept = listeners_.emplace_back(std::move(listener));
  around_.rooms.start("submission.accept", accept_clients(kept, entrance));
}

asio::awaitable<void> Room::accept_clients(net::Listener& listener, Entrance entrance) {
  while (!is_stopping_) {
    auto accepted = co_await listener.accept();
    if (accepted.has_error()) co_return;  // closed by stop
    around_.rooms.start("submission.session", serve(std::move(*accepted), entrance));
  }
}

asio::awaitable<void> Room::serve(net::Stream stream, Entrance entrance) {
  ++session_count_;
  Session session(*this, around_, std::move(stream), entrance, session_count_);
  // Leaves the list also when an exception ends the session: stop() walks through it.
  const auto leave = [this](Session* ended) {
    sessions_.remove(ended);
    if (is_stopping_) session_ended_.notify_all();
  };
  sessions_.push_back(&session);
  const std::unique_ptr<Session, decltype(leave)> listed(&session, leave);
  if (is_stopping_) session.stop();  // accepted at the last moment
  if (sessions_.size() > around_.settings.smtp.max_sessions) session.refuse_as_too_many();
  co_await session.run();
}

std::string Room::new_message_id() {
  return ids_.next(std::chrono::system_clock::now(), static_cast<std::uint32_t>(chance_()));
}

void Room::stop() {
  is_stopping_ = true;
  for (auto& listener : listeners_) listener.close();
  for (auto* session : sessions_) session->stop();
}

void Room::hurry() {
  for (auto* session : sessions_) session->hurry();
}

asio::awaitable<bool> Room::wait_until_empty(wire::Duration limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!sessions_.empty()) {
    const auto left =
        std::chrono::duration_cast<wire::Duration>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return false;
    co_await session_ended_.wait(left);
  }
  co_return true;
}

}  // namespace todoku::submission
