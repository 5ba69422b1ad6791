// SPDX-License-Identifier: Apache-2.0
// Whoever finds no round running leads one for all who wait.
#include "proxy/store/sync_rounds.hpp"

#include <functional>
#include <utility>

namespace todoku::store {

SyncRounds::SyncRounds(boost::asio::any_io_executor executor, Files& files,
                       std::filesystem::path dir)
    : files_(files), dir_(std::move(dir)), round_ended_(std::move(executor)) {}

boost::asio::awaitable<error_code> SyncRounds::sync(std::shared_ptr<OpenFile> file) {
  const auto request = std::make_shared<Request>();
  request->file = std::move(file);
  waiting_.push_back(request);
  while (!request->is_done) {
    if (is_running_) {
      co_await round_ended_.wait(wire::Duration(0));
    } else {
      co_await run_round();
    }
  }
  co_return request->outcome;
}

boost::asio::awaitable<void> SyncRounds::run_round() {
  is_running_ = true;
  const Batch batch = std::exchange(waiting_, {});
  std::function<void()> work = [&files = files_, dir = dir_, batch] {
    sync_batch(files, dir, batch);
  };
  co_await worker_.run(std::move(work));
  for (const auto& request : batch) request->is_done = true;
  is_running_ = false;
  round_ended_.notify_all();
}

void SyncRounds::sync_batch(Files& files, const std::filesystem::path& dir, const Batch& batch) {
  for (const auto& request : batch) files.begin_sync(request->file->descriptor());
  for (const auto& request : batch) request->outcome = files.sync(request->file->descriptor());
  const error_code code = files.sync_dir(dir);
  for (const auto& request : batch) {
    if (!request->outcome) request->outcome = code;
  }
}

}  // namespace todoku::store
