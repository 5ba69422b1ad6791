// SPDX-License-Identifier: Apache-2.0
// A body in memory or in a spool file; writer and reader meet at a Signal.
#include "proxy/store/body.hpp"

#include "proxy/platform/paths.hpp"

#include <boost/assert.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <utility>

namespace todoku::store {
namespace fs = std::filesystem;
namespace errc = boost::system::errc;

namespace {

constexpr std::uint64_t kept_free = 64ULL << 20;   // a full disk would stop more than our mail
constexpr std::uint64_t check_every = 4ULL << 20;  // bytes written between looks at the free space

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const fs::path& state_dir, std::uint64_t memory_body,
                                           std::uint64_t max_bytes, std::unique_ptr<Files> files) {
  std::unique_ptr<Spool> spool(new Spool());  // the constructor is private
  spool->dir_ = state_dir / "spool";
  spool->memory_body_ = memory_body;
  spool->max_bytes_ = max_bytes;
  spool->files_ = std::move(files);
  if (const error_code code = platform::make_private_dir(spool->dir_)) return code;
  return spool;
}

error_code Spool::check_room(std::uint64_t more) const {
  const bool fits = more <= max_bytes_ && used_bytes_ <= max_bytes_ - more;
  return fits ? error_code() : errc::make_error_code(errc::no_space_on_device);
}

Body::Body(boost::asio::any_io_executor executor, Spool& spool, std::string message_id)
    : changed_(std::move(executor)), spool_(spool), message_id_(std::move(message_id)) {}

Body::~Body() {
  spool_.used_bytes_ -= size_;
  if (descriptor_ >= 0 && kept_) ::close(descriptor_);
  else if (descriptor_ >= 0) spool_.files_->close_and_remove(descriptor_, file());
}

fs::path Body::file() const {
  return spool_.dir_ / (message_id_ + ".body");
}

error_code Body::append(std::string_view bytes) {
  BOOST_ASSERT(state_ == State::arriving);
  if (failed_ || bytes.empty()) return failed_;
  failed_ = spool_.check_room(bytes.size());
  if (!failed_) failed_ = take(bytes);
  if (!failed_) {
    size_ += bytes.size();
    spool_.used_bytes_ += bytes.size();
  }
  changed_.notify_all();
  return failed_;
}

error_code Body::take(std::string_view bytes) {
  if (descriptor_ < 0 && size_ + bytes.size() <= spool_.memory_body_) {
    memory_ += bytes;
    return {};
  }
  if (descriptor_ < 0) {
    if (const error_code code = spill()) return code;
  }
  return write_to_file(bytes, size_);
}

// From memory to the file. The reader holds a copy of its own, so memory_ may go.
error_code Body::spill() {
  const Result<int> made = spool_.files_->create(file());
  if (!made) return made.error();
  descriptor_ = *made;
  if (const error_code code = write_to_file(memory_, 0)) return code;
  memory_ = std::string();
  return {};
}

error_code Body::write_to_file(std::string_view bytes, std::uint64_t offset) {
  if (offset + bytes.size() > room_checked_to_) {
    const Result<std::uint64_t> free = spool_.files_->free_bytes(spool_.dir_);
    room_checked_to_ = offset + bytes.size() + check_every;
    if (free && *free < kept_free + bytes.size()) {
      return errc::make_error_code(errc::no_space_on_device);
    }
  }
  while (!bytes.empty()) {
    const Result<std::size_t> count = spool_.files_->write_at(descriptor_, bytes, offset);
    if (!count) return count.error();
    if (*count == 0) return errc::make_error_code(errc::io_error);
    bytes.remove_prefix(*count);
    offset += *count;
  }
  return {};
}

void Body::finish() {
  if (state_ == State::arriving) state_ = State::finished;
  changed_.notify_all();
}

void Body::abandon() {
  if (state_ == State::arriving) state_ = State::abandoned;
  changed_.notify_all();
}

boost::asio::awaitable<Result<Body::Piece>> Body::read(std::uint64_t offset, std::size_t max) {
  reader_gone_ = false;
  read_to_ = offset;
  changed_.notify_all();
  while (state_ == State::arriving && !failed_ && offset >= size_) {
    co_await changed_.wait(wire::Duration(0));
  }
  co_return piece_at(offset, max);
}

Result<Body::Piece> Body::piece_at(std::uint64_t offset, std::size_t max) {
  if (state_ == State::abandoned) return Piece{{}, false, true};
  if (failed_) return failed_;
  const std::uint64_t left = size_ - std::min(offset, size_);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, max));
  Piece piece;
  if (descriptor_ < 0) {
    piece.bytes = std::string_view(memory_).substr(size_ - left, wanted);
    // A writer that goes on may move memory_; a finished body stays where it is.
    if (state_ == State::arriving) piece.bytes = read_buffer_.assign(piece.bytes);
  } else if (wanted > 0) {
    read_buffer_.resize(wanted);
    const auto count = spool_.files_->read_at(descriptor_, read_buffer_.data(), wanted, offset);
    if (!count) return count.error();
    if (*count == 0) return errc::make_error_code(errc::io_error);  // somebody has cut the file
    piece.bytes = std::string_view(read_buffer_).substr(0, *count);
  }
  piece.is_last = state_ == State::finished && piece.bytes.size() == left;
  return piece;
}

boost::asio::awaitable<void> Body::wait_for_reader(std::uint64_t window, wire::Duration patience) {
  using Clock = std::chrono::steady_clock;
  const auto is_ahead = [this, window] {
    return state_ == State::arriving && !failed_ && !reader_gone_ && size_ > read_to_ &&
           size_ - read_to_ > window && stuck_at_ != read_to_;
  };
  auto seen_at = read_to_;
  auto end = Clock::now() + patience;
  while (is_ahead()) {
    const auto left = std::chrono::ceil<wire::Duration>(end - Clock::now());
    if (left.count() <= 0) {
      stuck_at_ = read_to_;
      co_return;
    }
    co_await changed_.wait(left);
    if (read_to_ == seen_at) continue;
    seen_at = read_to_;
    end = Clock::now() + patience;
  }
}

void Spool::remove(const std::string& id) { std::error_code ig; fs::remove(dir_ / (id + ".body"), ig); }
boost::asio::awaitable<error_code> Body::make_durable() { if (descriptor_ >= 0) ::fdatasync(descriptor_); co_return error_code(); }
Result<std::shared_ptr<Body>> Body::reopen(boost::asio::any_io_executor e, Spool& s, std::string id, std::uint64_t size) {
  auto b = std::make_shared<Body>(e, s, id); b->descriptor_ = ::open(b->file().c_str(), O_RDONLY);
  if (b->descriptor_ < 0) return errc::make_error_code(errc::no_such_file_or_directory);
  b->size_ = size; b->spool_.used_bytes_ += size; b->state_ = State::finished; b->kept_ = true; return b; }
std::shared_ptr<Body> Body::of_bytes(boost::asio::any_io_executor e, Spool& s, std::string id, std::string bytes) {
  auto b = std::make_shared<Body>(e, s, id); b->size_ = bytes.size(); b->memory_ = std::move(bytes); b->state_ = State::finished; b->spool_.used_bytes_ += b->size_; return b; }

void Body::detach_reader() {
  reader_gone_ = true;
  changed_.notify_all();
}

}  // namespace todoku::store
