// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bytes of one message on their way: in memory while small, in a spool file above that,
// readable while they still arrive. One writer and one reader on the I/O thread. The owner is the
// session that receives the message; it is shared because a delivery under way may outlive the
// session.
#include "proxy/net/start.hpp"
#include "proxy/store/files.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::store {

// Where spool files live, and how much they may hold in all. Owned by main.
class Spool {
 public:
  // Removes files that an earlier run left. Errors: the directory cannot be made or read.
  // files: another one than the system's only in tests.
  static Result<std::unique_ptr<Spool>> open(const std::filesystem::path& state_dir,
                                             std::uint64_t memory_body, std::uint64_t max_bytes,
                                             std::unique_ptr<Files> files = system_files());
  void remove(const std::string& id);
  [[nodiscard]] std::uint64_t memory_body() const { return memory_body_; }

 private:
  friend class Body;
  Spool() = default;
  // An error when so many more bytes may not be held.
  [[nodiscard]] error_code check_room(std::uint64_t more) const;
  std::unique_ptr<Files> files_;
  std::filesystem::path dir_;
  std::uint64_t memory_body_ = 0;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t used_bytes_ = 0;
};

class Body {
 public:
  Body(boost::asio::any_io_executor executor, Spool& spool, std::string message_id);
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body();  // removes the spool file

  // Appends; after an error (disk full, spool limit) the body stays in that state.
  error_code append(std::string_view bytes);
  void finish();   // all is there
  void abandon();  // it will never be complete: the reader must not end the message
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // How far the reader has come: a sign of progress.
  [[nodiscard]] std::uint64_t read_to() const { return read_to_; }
  [[nodiscard]] bool is_finished() const { return state_ == State::finished; }
  [[nodiscard]] bool is_abandoned() const { return state_ == State::abandoned; }

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
  bool is_in_file() const { return descriptor_ >= 0; }
  std::string_view small_bytes() const { return memory_; }
  void keep() { kept_ = true; }
  boost::asio::awaitable<error_code> make_durable();
  static Result<std::shared_ptr<Body>> reopen(boost::asio::any_io_executor, Spool&, std::string, std::uint64_t);
  static std::shared_ptr<Body> of_bytes(boost::asio::any_io_executor, Spool&, std::string, std::string);

 private:
  enum class State {
    arriving,
    finished,
    abandoned
  };
  error_code take(std::string_view bytes);
  error_code spill();
  error_code write_to_file(std::string_view bytes, std::uint64_t offset);
  Result<Piece> piece_at(std::uint64_t offset, std::size_t max);
  [[nodiscard]] std::filesystem::path file() const;
  net::Signal changed_;
  Spool& spool_;
  std::string message_id_;
  std::string memory_;   // the whole body while small
  int descriptor_ = -1;  // spool file once spilled
  std::string read_buffer_;
  std::uint64_t size_ = 0;
  std::uint64_t read_to_ = 0;
  std::optional<std::uint64_t> stuck_at_;  // where the reader was when the writer lost patience
  std::uint64_t room_checked_to_ = 0;  // the disk's free space was looked at up to this size
  State state_ = State::arriving;
  bool reader_gone_ = false;
  bool kept_ = false;
  error_code failed_;
};

}  // namespace todoku::store
