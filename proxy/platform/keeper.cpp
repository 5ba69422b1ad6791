// SPDX-License-Identifier: Apache-2.0
// Work goes to the keeper thread; the way back is a timer of the I/O thread that is cancelled when
// the work has run, or expires.
#include "proxy/platform/keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace todoku::platform {
namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

struct Wait {
  explicit Wait(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool is_done = false;
};

error_code late() {
  return errc::make_error_code(errc::timed_out);
}

}  // namespace

KeeperThread::KeeperThread(asio::any_io_executor executor, std::unique_ptr<Keeper> keeper)
    : executor_(std::move(executor)), keeper_(std::move(keeper)) {}

KeeperThread::~KeeperThread() {
  keeper_->cancel();
  thread_.stop();
  thread_.join();
}

asio::awaitable<bool> KeeperThread::run(Work work, std::chrono::milliseconds limit) {
  const auto wait = std::make_shared<Wait>(executor_);  // late work still tells it
  wait->timer.expires_after(limit);
  asio::post(thread_, [wait, executor = executor_, &keeper = *keeper_, job = std::move(work)] {
    job(keeper);
    asio::post(executor, [wait] {
      wait->is_done = true;
      wait->timer.cancel();
    });
  });
  co_await wait->timer.async_wait(as_result);
  co_return wait->is_done;
}

asio::awaitable<Result<std::optional<wire::Secret>>> KeeperThread::get(
    std::string name, std::chrono::milliseconds limit) {
  const auto found = std::make_shared<Result<std::optional<wire::Secret>>>(late());
  Work work = [found, name](Keeper& keeper) { *found = keeper.get(name); };
  const bool is_done = co_await run(std::move(work), limit);
  if (!is_done) co_return late();
  co_return std::move(*found);
}

asio::awaitable<error_code> KeeperThread::set(std::string name, wire::Secret secret,
                                              std::chrono::milliseconds limit) {
  const auto code = std::make_shared<error_code>();
  Work work = [code, name, secret](Keeper& keeper) { *code = keeper.set(name, secret); };
  const bool is_done = co_await run(std::move(work), limit);
  co_return is_done ? *code : late();
}

asio::awaitable<error_code> KeeperThread::remove(std::string name,
                                                 std::chrono::milliseconds limit) {
  const auto code = std::make_shared<error_code>();
  Work work = [code, name](Keeper& keeper) { *code = keeper.remove(name); };
  const bool is_done = co_await run(std::move(work), limit);
  co_return is_done ? *code : late();
}

asio::awaitable<KeeperState> KeeperThread::state(std::chrono::milliseconds limit) {
  const auto state = std::make_shared<KeeperState>(KeeperState::absent);
  Work work = [state](Keeper& keeper) { *state = keeper.state(); };
  const bool is_done = co_await run(std::move(work), limit);
  co_return is_done ? *state : KeeperState::absent;
}

}  // namespace todoku::platform
