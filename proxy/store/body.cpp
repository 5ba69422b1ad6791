// SPDX-License-Identifier: Apache-2.0
// A body in memory or in a spool file; writer and reader meet at a Signal.
#include "proxy/store/body.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace todoku::store {
namespace errc = boost::system::errc;

namespace {

constexpr std::uint64_t check_every = 4ULL << 20;  // bytes written between looks at the free space

}  // namespace

Body::Body(boost::asio::any_io_executor executor, Spool& spool, std::string message_id)
    : executor_(std::move(executor)),
      changed_(executor_),
      spool_(spool),
      message_id_(std::move(message_id)),
      sealer_(spool.sealer_),
      key_life_(spool.key_life_) {}

Body::~Body() {
  if (is_kept_) return;
  spool_.used_bytes_ -= size_;
  // Closed before: not every system removes an open file.
  const bool had_file = file_ != nullptr;
  file_.reset();
  if (had_file) spool_.files_->remove(spool_.file_of(message_id_));
}

Result<std::shared_ptr<Body>> Body::reopen(boost::asio::any_io_executor executor, Spool& spool,
                                           std::string message_id, std::uint64_t size) {
  auto opened =
      SpoolFile::open(*spool.files_, spool.file_of(message_id), message_id, spool.sealer_, size);
  if (!opened) return opened.error();
  auto body = std::make_shared<Body>(std::move(executor), spool, std::move(message_id));
  body->file_ = std::move(*opened);
  body->key_life_ = KeyLife::lasting;  // it has been kept
  body->size_ = size;
  body->state_ = State::finished;
  body->is_kept_ = true;
  return body;
}

std::shared_ptr<Body> Body::of_bytes(boost::asio::any_io_executor executor, Spool& spool,
                                     std::string message_id, std::string bytes) {
  auto body = std::make_shared<Body>(std::move(executor), spool, std::move(message_id));
  body->memory_ = std::move(bytes);
  body->size_ = body->memory_.size();
  spool.used_bytes_ += body->size_;
  body->state_ = State::finished;
  return body;
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
  if (!file_ && size_ + bytes.size() <= spool_.memory_body_) {
    memory_ += bytes;
    return {};
  }
  if (!file_) {
    if (const error_code code = spill()) return code;
  }
  return write_to_file(bytes);
}

// From memory to the file. The reader holds a copy of its own, so memory_ may go.
error_code Body::spill() {
  auto made = SpoolFile::create(*spool_.files_, spool_.file_of(message_id_), message_id_, sealer_);
  if (!made) return made.error();
  file_ = std::move(*made);
  if (const error_code code = write_to_file(memory_)) return code;
  memory_ = std::string();
  return {};
}

error_code Body::write_to_file(std::string_view bytes) {
  const std::uint64_t end = file_->size() + bytes.size();
  if (end > room_checked_to_) {
    room_checked_to_ = end + check_every;
    if (const error_code code = spool_.check_disk(bytes.size())) return code;
  }
  return file_->append(bytes);
}

bool Body::can_be_kept() const {
  return !file_ || !file_->is_sealed() || key_life_ == KeyLife::lasting;
}

error_code Body::complete_file() {
  BOOST_ASSERT(state_ == State::finished);
  if (failed_) return failed_;
  if (!can_be_kept()) return errc::make_error_code(errc::operation_not_permitted);
  return file_->complete();
}

error_code Body::keep() {
  if (!file_ || is_kept_) return failed_;
  if (const error_code code = complete_file()) return code;
  is_kept_ = true;
  spool_.note_kept(message_id_, size_);
  return {};
}

void Body::let_go() {
  if (is_kept_) spool_.kept_.erase(message_id_);
  is_kept_ = false;
}

boost::asio::awaitable<error_code> Body::make_durable() {
  if (!file_ || is_durable_ || sync_failed_) co_return failed_ ? failed_ : sync_failed_;
  if (const error_code code = complete_file()) co_return code;
  sync_failed_ = co_await spool_.sync(executor_, file_->handle());
  is_durable_ = !sync_failed_;
  co_return sync_failed_;
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
  Piece piece;
  if (!file_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, max));
    piece.bytes = std::string_view(memory_).substr(size_ - left, wanted);
    // A writer that goes on may move memory_; a finished body stays where it is.
    if (state_ == State::arriving) piece.bytes = read_buffer_.assign(piece.bytes);
  } else if (left > 0 && max > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, max));
    const Result<std::string_view> read = file_->read(offset, wanted);
    if (!read) return read.error();
    piece.bytes = *read;
    if (piece.bytes.size() < wanted) {
      if (const error_code code = gather(piece.bytes, offset, wanted)) return code;
      piece.bytes = read_buffer_;
    }
  }
  piece.is_last = state_ == State::finished && piece.bytes.size() == left;
  return piece;
}

// A sealed file gives a chunk at a time; a relay is better served with one large piece.
error_code Body::gather(std::string_view first, std::uint64_t offset, std::size_t wanted) {
  read_buffer_.reserve(wanted);  // exactly: a string that grows by itself takes up to twice that
  read_buffer_.assign(first);
  while (read_buffer_.size() < wanted) {
    const auto more = file_->read(offset + read_buffer_.size(), wanted - read_buffer_.size());
    if (!more) return more.error();
    read_buffer_ += *more;
  }
  return {};
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

void Body::detach_reader() {
  reader_gone_ = true;
  changed_.notify_all();
}

}  // namespace todoku::store
