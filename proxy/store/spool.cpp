// SPDX-License-Identifier: Apache-2.0
// What the spool's files hold is counted once, by the body while it lives, by its kept file after.
#include "proxy/store/spool.hpp"

#include "proxy/platform/paths.hpp"
#include "proxy/store/spool_file.hpp"
#include "proxy/store/sync_rounds.hpp"

#include <utility>
#include <vector>

namespace todoku::store {
namespace fs = std::filesystem;
namespace errc = boost::system::errc;

namespace {

constexpr std::uint64_t kept_free = 64ULL << 20;  // a full disk would stop more than our mail
constexpr const char* extension = ".body";

}  // namespace

Spool::Spool() = default;
Spool::~Spool() = default;

Result<std::unique_ptr<Spool>> Spool::open(const fs::path& state_dir, std::uint64_t memory_body,
                                           std::uint64_t max_bytes,
                                           std::shared_ptr<const Sealer> sealer,
                                           std::unique_ptr<Files> files) {
  std::unique_ptr<Spool> spool(new Spool());  // the constructor is private
  spool->dir_ = state_dir / "spool";
  spool->memory_body_ = memory_body;
  spool->max_bytes_ = max_bytes;
  spool->sealer_ = std::move(sealer);
  spool->files_ = std::move(files);
  if (const error_code code = platform::make_private_dir(spool->dir_)) return code;
  if (const error_code code = spool->count_files()) return code;
  return spool;
}

error_code Spool::count_files() {
  const auto entries = files_->list(dir_);
  if (!entries) return entries.error();
  for (const Files::Entry& entry : *entries) {
    if (entry.name.extension() != extension) continue;
    note_kept(entry.name.stem().string(), entry.size);
    used_bytes_ += entry.size;
  }
  return {};
}

void Spool::note_kept(const std::string& id, std::uint64_t size) {
  kept_[id] = size;
}

void Spool::use_sealer(std::shared_ptr<const Sealer> sealer, KeyLife life) {
  sealer_ = std::move(sealer);
  key_life_ = life;
}

error_code Spool::remove_all_but(const std::set<std::string>& ids) {
  std::vector<std::string> going;
  for (const auto& [id, size] : kept_) {
    if (!ids.contains(id)) going.push_back(id);
  }
  error_code first;
  for (const std::string& id : going) {
    const error_code code = remove(id);
    if (!first) first = code;
  }
  return first;
}

error_code Spool::set_aside(const fs::path& folder) {
  if (kept_.empty()) return {};
  if (const error_code code = platform::make_private_dir(folder)) return code;
  while (!kept_.empty()) {
    const auto& [id, size] = *kept_.begin();
    const auto file = file_of(id);
    std::error_code failed;
    fs::rename(file, folder / file.filename(), failed);
    if (failed) return failed;
    used_bytes_ -= size;
    kept_.erase(kept_.begin());
  }
  return {};
}

error_code Spool::remove(const std::string& id) {
  const auto kept = kept_.find(id);
  if (kept == kept_.end()) return {};
  if (const error_code code = files_->remove(file_of(id))) return code;
  used_bytes_ -= kept->second;
  kept_.erase(kept);
  return {};
}

error_code Spool::check_room(std::uint64_t more) const {
  const bool fits = more <= max_bytes_ && used_bytes_ <= max_bytes_ - more;
  return fits ? error_code() : errc::make_error_code(errc::no_space_on_device);
}

error_code Spool::check_disk(std::uint64_t more) const {
  const Result<std::uint64_t> free = files_->free_bytes(dir_);
  const bool is_full = free && *free < kept_free + more;
  return is_full ? errc::make_error_code(errc::no_space_on_device) : error_code();
}

fs::path Spool::file_of(const std::string& id) const {
  return dir_ / (id + extension);
}

boost::asio::awaitable<error_code> Spool::sync(boost::asio::any_io_executor executor,
                                               std::shared_ptr<OpenFile> file) {
  if (!rounds_) rounds_ = std::make_unique<SyncRounds>(std::move(executor), *files_, dir_);
  return rounds_->sync(std::move(file));
}

}  // namespace todoku::store
