// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bytes of one message on their way: in memory while small, in a spool file above that,
// readable while they still arrive. One writer and one reader on the I/O thread. The owner is the
// session that receives the message; it is shared because a delivery under way may outlive the
// session.
#include "proxy/net/start.hpp"
#include "proxy/store/spool.hpp"
#include "proxy/store/spool_file.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace todoku::store {

class Body {
 public:
  Body(boost::asio::any_io_executor executor, Spool& spool, std::string message_id);
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body();  // removes the spool file unless it is kept

  // A kept file of an earlier time; size: bytes of the body. Errors: it is not there, or it cannot
  // be that body (bad_message); what was changed inside is found when it is read.
  static Result<std::shared_ptr<Body>> reopen(boost::asio::any_io_executor executor, Spool& spool,
                                              std::string message_id, std::uint64_t size);
  // A small finished one that was kept elsewhere; stays in memory.
  static std::shared_ptr<Body> of_bytes(boost::asio::any_io_executor executor, Spool& spool,
                                        std::string message_id, std::string bytes);

  // Appends; after an error (disk full, spool limit) the body stays in that state.
  error_code append(std::string_view bytes);
  void finish();   // all is there
  void abandon();  // it will never be complete: the reader must not end the message
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // How far the reader has come: a sign of progress.
  [[nodiscard]] std::uint64_t read_to() const { return read_to_; }
  [[nodiscard]] bool is_finished() const { return state_ == State::finished; }
  [[nodiscard]] bool is_abandoned() const { return state_ == State::abandoned; }

  // Finished bodies only, down to make_durable.
  [[nodiscard]] bool is_in_file() const { return file_ != nullptr; }
  // The whole body while it is in memory; empty when it is in a file. Valid as long as the body.
  [[nodiscard]] std::string_view small_bytes() const { return memory_; }
  // Gives those bytes away, to one who keeps them elsewhere: nobody may read the body afterwards.
  [[nodiscard]] std::string release_small_bytes() { return std::move(memory_); }
  // A later run could read it: not so for a file sealed with a key of this run.
  [[nodiscard]] bool can_be_kept() const;
  // The spool file survives the Body's end and a kill of this process (not yet a power cut), until
  // Spool::remove. Nothing to do for small ones. Errors: operation_not_permitted when it cannot be
  // kept; the file cannot be written.
  error_code keep();
  // It is not kept after all: the file goes with the Body again.
  void let_go();
  // On disk when it returns, a power cut loses nothing; several at once share their syncs. The
  // caller holds the body until then. Nothing to do for small ones. Errors: as keep; of the disk,
  // and then for good.
  boost::asio::awaitable<error_code> make_durable();

  // Reader: the next bytes from offset, at most max. Waits until there are any, or the end, or
  // abandonment.
  struct Piece {
    std::string_view bytes;  // valid until the next read
    bool is_last = false;    // the body ends after these
    bool is_abandoned = false;
  };
  boost::asio::awaitable<Result<Piece>> read(std::uint64_t offset, std::size_t max);
  // Writer: waits while more than window bytes lie ahead of the reader. Returns at once when there
  // is no reader any more (see detach_reader), and no longer waits for one that has not moved for
  // patience, until it moves again: a stuck relay must not keep the client's message out.
  boost::asio::awaitable<void> wait_for_reader(std::uint64_t window, wire::Duration patience);
  void detach_reader();

 private:
  enum class State {
    arriving,
    finished,
    abandoned
  };
  error_code take(std::string_view bytes);
  error_code spill();
  error_code write_to_file(std::string_view bytes);
  error_code complete_file();
  Result<Piece> piece_at(std::uint64_t offset, std::size_t max);
  error_code gather(std::string_view first, std::uint64_t offset, std::size_t wanted);
  boost::asio::any_io_executor executor_;
  net::Signal changed_;
  Spool& spool_;
  std::string message_id_;
  std::shared_ptr<const Sealer> sealer_;  // the spool's when this body began
  KeyLife key_life_;
  std::string memory_;               // the whole body while small
  std::unique_ptr<SpoolFile> file_;  // once spilled
  std::string read_buffer_;
  std::uint64_t size_ = 0;
  std::uint64_t read_to_ = 0;
  std::optional<std::uint64_t> stuck_at_;  // where the reader was when the writer lost patience
  std::uint64_t room_checked_to_ = 0;      // the disk's free space was looked at up to this size
  State state_ = State::arriving;
  bool reader_gone_ = false;
  bool is_kept_ = false;  // the spool counts it now
  bool is_durable_ = false;
  error_code failed_;
  error_code sync_failed_;
};

}  // namespace todoku::store
