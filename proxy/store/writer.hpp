// SPDX-License-Identifier: Apache-2.0
#pragma once

// The store thread: takes all jobs that wait, puts the writes among them into one transaction with
// at most one sync, then answers. Jobs keep their order. Owned by Store.
#include "proxy/store/tables.hpp"
#include "proxy/wire/result.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace todoku::store {

class Writer {
 public:
  struct Job {
    std::function<error_code(Tables&)> work;  // inside the transaction; an error undoes all of it
    std::function<void(error_code)> done;     // on the store thread, after the commit; may be empty
    bool wants_disk = false;                  // synced before done
    bool may_wait = false;                    // for company, at most `gather`
    bool is_question = false;                 // writes nothing: needs no lock
    std::size_t bytes = 0;                    // about what it holds in memory
  };

  Writer(std::unique_ptr<Database> database, const StoreOptions& options);
  ~Writer();  // does what waits, then ends the thread
  void add(Job job);
  [[nodiscard]] std::size_t waiting() const;
  // What waits and what is being written, in bytes: a slow disk must not fill the memory.
  [[nodiscard]] std::size_t pending_bytes() const { return pending_bytes_.load(); }

 private:
  void run();
  std::vector<Job> take();
  void carry_out(std::span<Job> jobs);
  error_code commit(std::span<Job> jobs);
  error_code begin(std::span<Job> jobs);
  error_code do_all(std::span<Job> jobs);
  static void answer(Job& job, error_code failed);
  void tidy_when_idle(std::unique_lock<std::mutex>& lock);

  std::unique_ptr<Database> database_;
  Tables tables_;
  std::chrono::milliseconds gather_;
  bool syncs_ = false;  // how the connection is set at present
  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::vector<Job> jobs_;
  std::atomic<std::size_t> pending_bytes_{0};
  bool is_urgent_ = false;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace todoku::store
