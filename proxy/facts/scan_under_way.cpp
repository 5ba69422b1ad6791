// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/scan_under_way.hpp"

#include <chrono>
#include <utility>

namespace todoku::facts {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

struct ScanUnderWay::State {
  explicit State(const Surroundings& around)
      : ended(around.rooms.executor()), until(Clock::now() + around.scanner.limit) {}
  net::Signal ended;
  Clock::time_point until;
  bool is_done = false;
  bool is_too_late = false;
  checks::ScanReport report;
};

ScanUnderWay::ScanUnderWay(const Surroundings& around, std::shared_ptr<store::Body> body,
                           std::uint64_t size)
    : state_(std::make_shared<State>(around)) {
  around.rooms.start("facts.scan", run(around, state_, std::move(body), size));
}

ScanUnderWay::~ScanUnderWay() = default;

asio::awaitable<void> ScanUnderWay::run(const Surroundings& around, std::shared_ptr<State> state,
                                        std::shared_ptr<store::Body> body, std::uint64_t size) {
  auto report = co_await around.scanner.scan(body, size);
  state->report = std::move(report);
  state->is_done = true;
  state->ended.notify_all();
}

bool ScanUnderWay::is_open() const {
  return !state_->is_done && !state_->is_too_late;
}

asio::awaitable<void> ScanUnderWay::wait() {
  const auto state = state_;
  while (!state->is_done) {
    const auto left = std::chrono::ceil<wire::Duration>(state->until - Clock::now());
    if (left.count() <= 0) break;
    co_await state->ended.wait(left);
  }
  state->is_too_late = !state->is_done;
}

checks::ScanReport ScanUnderWay::report() const {
  if (state_->is_done) return state_->report;
  checks::ScanReport silent;
  silent.has_failed = true;
  return silent;
}

}  // namespace todoku::facts
