// SPDX-License-Identifier: Apache-2.0
// Messages that are not sent at once: until a person has let them go, or until the time is over in
// which they can be taken back.
#include "proxy/relay/acceptance.hpp"
#include "proxy/relay/aftermath.hpp"

#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::MessageState;
using delivery::Settlement;
using store::EventKind;

asio::awaitable<Settlement> Acceptance::hold(std::shared_ptr<submission::Outgoing> message,
                                             std::string codes) {
  const auto live = add_live(std::move(message));
  Settlement settlement;
  if (joins_another(*live)) {
    settlement = co_await settle_repeat(live);
  } else {
    settlement = co_await keep_held(live, std::move(codes));
  }
  live->settlement = settlement;
  live->changed.notify_all();
  co_return settlement;
}

asio::awaitable<Settlement> Acceptance::wait_undo_window(
    std::shared_ptr<submission::Outgoing> message, settings::Duration window) {
  const auto live = add_live(std::move(message));
  Settlement settlement;
  if (joins_another(*live)) {
    settlement = co_await settle_repeat(live);
  } else {
    settlement = co_await keep_undoable(live, window);
  }
  live->settlement = settlement;
  live->changed.notify_all();
  co_return settlement;
}

// Nothing is sent before a person has let it go.
asio::awaitable<Settlement> Acceptance::keep_held(LivePointer live, std::string codes) {
  fill_held(*live, store::WaitsFor::person, around_.settings.delivery.decide_within);
  Parameters parameters{{"codes", std::move(codes)}};
  const auto failed = co_await keep_until_deadline(live, EventKind::held, std::move(parameters));
  if (failed) co_return cannot_keep(*live, failed);
  auto settlement = kept(*live);
  settlement.kind = Settlement::Kind::held;
  co_return settlement;
}

asio::awaitable<Settlement> Acceptance::keep_undoable(LivePointer live, settings::Duration window) {
  fill_held(*live, store::WaitsFor::time, window);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(window);
  Parameters parameters{{"seconds", std::to_string(seconds.count())}};
  const auto failed =
      co_await keep_until_deadline(live, EventKind::undo_window_began, std::move(parameters));
  if (failed) {
    // Mail that goes at once is better than mail that does not go.
    around_.log.write(platform::LogLevel::error, "undo_window.cannot_keep", live->message->id,
                      {{"detail", failed.message()}});
    live->is_ours = false;
    auto at_once = co_await settle_alone(live);
    co_return at_once;
  }
  auto settlement = kept(*live);
  settlement.kind = Settlement::Kind::undoable;
  settlement.undo_window = seconds;
  co_return settlement;
}

void Acceptance::fill_held(Live& live, store::WaitsFor waits_for, settings::Duration limit) {
  auto& record = live.record = record_of(*live.message, live.key);
  record.state = MessageState::held;
  record.waits_for = waits_for;
  record.has_our_250 = record.is_client_told = true;
  record.deadline = record.arrived + limit;
  live.is_ours = true;
}

asio::awaitable<error_code> Acceptance::keep_until_deadline(LivePointer live, EventKind kind,
                                                            Parameters parameters) {
  auto& record = live->record;
  store::StoredEvent event;
  event.at = record.changed;
  event.message_id = record.id;
  event.kind = kind;
  event.parameters = std::move(parameters);
  store::Changes changes;
  put_body(*live, record, changes);
  add_findings(*live->message, changes);
  changes.push_back(store::PutMessage{record});
  changes.push_back(store::AddEvent{std::move(event)});
  const auto failed = co_await make_durable(live, std::move(changes));
  if (!failed) queue_.wake();  // it has a deadline to think of
  co_return failed;
}

}  // namespace todoku::relay
