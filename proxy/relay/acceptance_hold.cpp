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

namespace {

std::chrono::seconds whole_seconds(settings::Duration window) {
  return std::chrono::ceil<std::chrono::seconds>(window);
}

}  // namespace

struct Acceptance::Holding {
  store::WaitsFor waits_for;  // a person who lets it go, or the time when it goes by itself
  settings::Duration limit;
  EventKind event;
  Parameters parameters;  // of the event
};

asio::awaitable<Settlement> Acceptance::hold(std::shared_ptr<submission::Outgoing> message,
                                             std::string codes) {
  Holding for_person{store::WaitsFor::person,
                     around_.settings.delivery.decide_within,
                     EventKind::held,
                     {{"codes", std::move(codes)}}};
  return keep_back(std::move(message), std::move(for_person));
}

asio::awaitable<Settlement> Acceptance::wait_undo_window(
    std::shared_ptr<submission::Outgoing> message, settings::Duration window) {
  const auto seconds = std::to_string(whole_seconds(window).count());
  Holding for_time{
      store::WaitsFor::time, window, EventKind::undo_window_began, {{"seconds", seconds}}};
  return keep_back(std::move(message), std::move(for_time));
}

asio::awaitable<Settlement> Acceptance::keep_back(std::shared_ptr<submission::Outgoing> message,
                                                  Holding holding) {
  const auto live = add_live(std::move(message));
  Settlement settlement;
  if (joins_another(*live)) {
    settlement = co_await settle_repeat(live);
  } else {
    settlement = co_await keep_held(live, std::move(holding));
  }
  live->settlement = settlement;
  live->changed.notify_all();
  co_return settlement;
}

asio::awaitable<Settlement> Acceptance::keep_held(LivePointer live, Holding holding) {
  const bool goes_by_itself = holding.waits_for == store::WaitsFor::time;
  const auto failed = co_await keep_until_deadline(live, holding);
  if (failed && goes_by_itself) {
    // Mail that goes at once is better than mail that does not go.
    around_.log.write(platform::LogLevel::error, "undo_window.cannot_keep", live->message->id,
                      {{"detail", failed.message()}});
    live->is_ours = false;
    auto at_once = co_await settle_alone(live);
    co_return at_once;
  }
  if (failed) co_return cannot_keep(*live, failed);
  auto settlement = kept(*live);
  settlement.kind = goes_by_itself ? Settlement::Kind::undoable : Settlement::Kind::held;
  if (goes_by_itself) settlement.undo_window = whole_seconds(holding.limit);
  co_return settlement;
}

// holding: outlives the call.
asio::awaitable<error_code> Acceptance::keep_until_deadline(LivePointer live,
                                                            const Holding& holding) {
  auto& record = live->record = record_of(*live->message, live->key);
  record.state = MessageState::held;
  record.waits_for = holding.waits_for;
  record.has_our_250 = record.is_client_told = true;
  record.deadline = record.arrived + holding.limit;
  live->is_ours = true;
  store::Changes changes;
  put_body(*live, record, changes);
  add_findings(*live->message, changes);
  changes.push_back(store::PutMessage{record});
  add_event(changes, record, record.changed, holding.event, holding.parameters);
  const auto failed = co_await make_durable(live, std::move(changes));
  if (!failed) queue_.wake();  // it has a deadline to think of
  co_return failed;
}

}  // namespace todoku::relay
