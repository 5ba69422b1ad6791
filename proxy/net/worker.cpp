// SPDX-License-Identifier: Apache-2.0
// There and back again: the work runs on the pool, the coroutine goes on where it was.
#include "proxy/net/worker.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <utility>

namespace todoku::net {
namespace asio = boost::asio;

namespace {

// Not co_spawn on the pool: with this Asio its cancellation is unsafe across executors.
struct Errand {
  asio::thread_pool& pool;
  asio::any_io_executor home;
  std::function<void()> work;

  template <class Handler>
  void operator()(Handler&& handler) {
    // The work tracker keeps the I/O thread's loop alive until the answer is there.
    auto tracked = asio::prefer(home, asio::execution::outstanding_work.tracked);
    asio::post(pool, [tracked = std::move(tracked), job = std::move(work),
                      back = std::forward<Handler>(handler)]() mutable {
      job();
      job = nullptr;
      asio::post(tracked, std::move(back));
    });
  }
};

}  // namespace

asio::awaitable<void> Worker::run(std::function<void()> work) {
  const asio::any_io_executor home = co_await asio::this_coro::executor;
  Errand errand{pool_, home, std::move(work)};
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(errand),
                                                                       asio::use_awaitable);
}

}  // namespace todoku::net
