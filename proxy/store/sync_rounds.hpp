// SPDX-License-Identifier: Apache-2.0
#pragma once

// Brings spool files to the disk on a thread that may block. Those who ask while a round runs share
// the next one: its files are written out together and the directory is synced once for all.
// Owned by the Spool; called on the I/O thread.
#include "proxy/net/start.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/store/spool_file.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace todoku::store {

class SyncRounds {
 public:
  // files must outlive it.
  SyncRounds(boost::asio::any_io_executor executor, Files& files, std::filesystem::path dir);
  // Returns when the file and its name are on disk. An error is final for that file: what the
  // system could not write it may have forgotten, so that a second sync would lie.
  boost::asio::awaitable<error_code> sync(std::shared_ptr<OpenFile> file);

 private:
  struct Request {
    std::shared_ptr<OpenFile> file;
    error_code outcome;
    bool is_done = false;
  };
  using Batch = std::vector<std::shared_ptr<Request>>;  // shared with the worker thread
  static void sync_batch(Files& files, const std::filesystem::path& dir, const Batch& batch);
  boost::asio::awaitable<void> run_round();

  Files& files_;
  std::filesystem::path dir_;
  net::Signal round_ended_;
  Batch waiting_;
  bool is_running_ = false;
  net::Worker worker_;  // last: it ends before what it works on
};

}  // namespace todoku::store
