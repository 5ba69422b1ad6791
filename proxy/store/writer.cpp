// SPDX-License-Identifier: Apache-2.0
// Group commit.
#include "proxy/store/writer.hpp"

#include <algorithm>
#include <utility>

namespace todoku::store {

namespace {

constexpr int log_when_idle = 128;    // pages in the write-ahead log that are worth a checkpoint
constexpr int log_at_most = 4'000;    // 32 MB: not even under load does it grow further
constexpr std::size_t wake_at = 256;  // jobs that wait for company wake the thread all the same

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, std::shared_ptr<const Sealer> sealer,
               std::chrono::milliseconds gather)
    : database_(std::move(database)), tables_(*database_, std::move(sealer)), gather_(gather) {
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
  added_.wait(lock, [this] { return !jobs_.empty() || is_ending_; });
  if (!is_urgent_ && !is_ending_) {
    added_.wait_for(lock, gather_, [this] { return is_urgent_ || is_ending_; });
  }
  is_urgent_ = false;
  return std::exchange(jobs_, {});
}

void Writer::run() {
  while (true) {
    auto jobs = take();
    if (jobs.empty()) return;  // ending, and nothing is left
    carry_out(jobs);
    tidy();
  }
}

// What fails together is tried alone: one message too large for the disk must not stop the others.
void Writer::carry_out(std::span<Job> jobs) {
  const auto failed = commit(jobs);
  if (failed && jobs.size() > 1) {
    for (std::size_t i = 0; i < jobs.size(); ++i) carry_out(jobs.subspan(i, 1));
    return;
  }
  for (auto& job : jobs) {
    if (job.done) job.done(failed);
  }
}

error_code Writer::commit(std::span<Job> jobs) {
  const bool to_disk = std::ranges::any_of(jobs, [](const Job& job) { return job.wants_disk; });
  if (to_disk != syncs_) {
    const auto* mode = to_disk ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
    if (const auto failed = database_->execute(mode)) return failed;
    syncs_ = to_disk;
  }
  if (const auto failed = database_->prepare("BEGIN IMMEDIATE").run()) return failed;
  error_code failed;
  for (auto& job : jobs) {
    failed = job.work(tables_);
    if (failed) break;
  }
  if (!failed) failed = database_->prepare("COMMIT").run();
  if (failed) database_->execute("ROLLBACK");
  return failed;
}

// The log goes into the database when nobody waits, or when it has become long.
void Writer::tidy() {
  const int pages = database_->log_pages();
  if (pages < log_when_idle) return;
  if (pages < log_at_most && waiting() > 0) return;
  database_->checkpoint();
}

}  // namespace todoku::store
