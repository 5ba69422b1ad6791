// SPDX-License-Identifier: Apache-2.0
// Group commit.
#include "proxy/store/writer.hpp"

#include <algorithm>
#include <utility>

namespace todoku::store {

namespace {

constexpr int log_when_idle = 128;  // pages in the write-ahead log that are worth a checkpoint
// 64 MB: a burst of some thousand messages is moved when it is over; under lasting load the log
// grows no further.
constexpr int log_at_most = 16'000;
constexpr std::chrono::milliseconds idle_after{300};
constexpr std::size_t wake_at = 256;  // jobs that wait for company wake the thread all the same

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, const StoreOptions& options)
    : database_(std::move(database)),
      tables_(*database_, options.sealer, options.state_dir),
      gather_(options.gather) {
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  added_.notify_one();
  thread_.join();
}

void Writer::add(Job job) {
  bool wakes = false;
  pending_bytes_ += job.bytes;
  {
    const std::lock_guard lock(mutex_);
    wakes = jobs_.empty() || (!job.may_wait && !is_urgent_) || jobs_.size() + 1 == wake_at;
    is_urgent_ = is_urgent_ || !job.may_wait || jobs_.size() + 1 >= wake_at;
    jobs_.push_back(std::move(job));
  }
  if (wakes) added_.notify_one();
}

std::size_t Writer::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

std::vector<Writer::Job> Writer::take() {
  std::unique_lock lock(mutex_);
  const auto has_come = [this] { return !jobs_.empty() || is_ending_; };
  if (database_->log_pages() >= log_when_idle && !added_.wait_for(lock, idle_after, has_come)) {
    tidy_when_idle(lock);
  }
  added_.wait(lock, has_come);
  if (!is_urgent_ && !is_ending_) {
    added_.wait_for(lock, gather_, [this] { return is_urgent_ || is_ending_; });
  }
  is_urgent_ = false;
  return std::exchange(jobs_, {});
}

void Writer::tidy_when_idle(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  database_->checkpoint();
  lock.lock();
}

void Writer::run() {
  while (true) {
    auto jobs = take();
    if (jobs.empty()) return;  // ending, and nothing is left
    carry_out(jobs);
    if (database_->log_pages() >= log_at_most) database_->checkpoint();
  }
}

// What fails together is tried alone: one message too large for the disk must not stop the others.
// Where another process holds the lock each of them would wait for it again, for nothing.
void Writer::carry_out(std::span<Job> jobs) {
  const auto failed = commit(jobs);
  const bool tries_alone =
      failed && jobs.size() > 1 && failed != boost::system::errc::device_or_resource_busy;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    answer(jobs[i], tries_alone ? commit(jobs.subspan(i, 1)) : failed);
    pending_bytes_ -= jobs[i].bytes;
  }
}

// The work goes first: what it shares with the one who waits must not end on this thread.
void Writer::answer(Job& job, error_code failed) {
  job.work = nullptr;
  const auto done = std::exchange(job.done, nullptr);
  if (done) done(failed);
}

error_code Writer::begin(std::span<Job> jobs) {
  if (std::ranges::all_of(jobs, &Job::is_question)) return database_->prepare("BEGIN").run();
  const bool to_disk = std::ranges::any_of(jobs, &Job::wants_disk);
  if (to_disk != syncs_) {
    const auto* mode = to_disk ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
    if (const auto failed = database_->execute(mode)) return failed;
    syncs_ = to_disk;
  }
  return database_->prepare("BEGIN IMMEDIATE").run();
}

error_code Writer::do_all(std::span<Job> jobs) {
  for (auto& job : jobs) {
    if (const auto failed = job.work(tables_)) return failed;
  }
  return database_->prepare("COMMIT").run();
}

error_code Writer::commit(std::span<Job> jobs) {
  if (const auto failed = begin(jobs)) return failed;
  const auto failed = do_all(jobs);
  // After some failures SQLite has rolled back already: then this one says so, and that is fine.
  if (failed) database_->execute("ROLLBACK");
  return failed;
}

}  // namespace todoku::store
