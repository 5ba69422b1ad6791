// SPDX-License-Identifier: Apache-2.0
// Rooms are counted in a state shared with their completion handlers; a Signal is a list of timers
// that live in the frames of the waiters.
#include "proxy/net/start.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace todoku::net {
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string words_of(const std::exception_ptr& escaped) {
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& bug) {
    return bug.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

}  // namespace

struct Rooms::Impl {
  Impl(asio::any_io_executor e, OnBug bug)
      : executor(std::move(e)), on_bug(std::move(bug)), emptied(executor) {}

  void ended(std::string_view name, const std::exception_ptr& escaped) {
    --alive;
    if (escaped && on_bug) on_bug(name, words_of(escaped));
    if (alive == 0) emptied.notify_all();
  }

  asio::any_io_executor executor;
  OnBug on_bug;
  Signal emptied;
  std::size_t alive = 0;
};

Rooms::Rooms(asio::any_io_executor executor, OnBug on_bug)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(on_bug))) {}

void Rooms::start(std::string_view name, asio::awaitable<void> room) {
  ++impl_->alive;
  asio::co_spawn(impl_->executor, std::move(room),
                 [impl = impl_, called = std::string(name)](const std::exception_ptr& escaped) {
                   impl->ended(called, escaped);
                 });
}

std::size_t Rooms::alive() const {
  return impl_->alive;
}

asio::awaitable<bool> Rooms::wait_until_empty(wire::Duration limit) {
  const std::shared_ptr<Impl> impl = impl_;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (impl->alive > 0) {
    const auto rest = std::chrono::ceil<wire::Duration>(end - std::chrono::steady_clock::now());
    if (rest.count() <= 0) co_return false;
    co_await impl->emptied.wait(rest);
  }
  co_return true;
}

asio::any_io_executor Rooms::executor() const {
  return impl_->executor;
}

struct Signal::Impl {
  // Lives in the frame of wait(); leaves the list by itself, also when the frame is destroyed.
  struct Waiter {
    explicit Waiter(std::shared_ptr<Impl> signal)
        : owner(std::move(signal)), timer(owner->executor) {
      owner->waiters.push_back(this);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { std::erase(owner->waiters, this); }

    std::shared_ptr<Impl> owner;
    asio::steady_timer timer;
    bool is_notified = false;
  };

  void notify_all() {
    for (Waiter* waiter : waiters) {
      waiter->is_notified = true;
      waiter->timer.cancel();
    }
  }

  explicit Impl(asio::any_io_executor e) : executor(std::move(e)) {}
  asio::any_io_executor executor;
  std::vector<Waiter*> waiters;
};

Signal::Signal(asio::any_io_executor executor)
    : impl_(std::make_shared<Impl>(std::move(executor))) {}

Signal::Signal(Signal&&) noexcept = default;

// A waiter must not hang for ever because what it waited for has gone.
Signal::~Signal() {
  if (impl_) impl_->notify_all();
}

asio::awaitable<bool> Signal::wait(wire::Duration limit) {
  Impl::Waiter waiter(impl_);
  if (limit.count() > 0) {
    waiter.timer.expires_after(limit);
  } else {
    waiter.timer.expires_at(asio::steady_timer::time_point::max());
  }
  co_await waiter.timer.async_wait(as_result);
  co_return waiter.is_notified;
}

void Signal::notify_all() {
  impl_->notify_all();
}

asio::awaitable<bool> pause(asio::any_io_executor executor, wire::Duration duration) {
  asio::steady_timer timer(executor, duration);
  const auto [code] = co_await timer.async_wait(as_result);
  co_return !code;
}

}  // namespace todoku::net
