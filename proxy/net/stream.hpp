// SPDX-License-Identifier: Apache-2.0
#pragma once

// A TCP connection, later perhaps with TLS on it. Floor 1: the only class that reads and writes
// sockets. Lives in the frame of the session that uses it; I/O thread only. After an error, or
// a time-out in a write or a handshake, it is finished; after a time-out in a read, last words may
// still be written before it is closed.
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::net {

class ServerTls;  // tls.hpp
class ClientTls;

class Stream {
 public:
  explicit Stream(boost::asio::ip::tcp::socket socket);  // sets TCP_NODELAY and non-blocking
  Stream(Stream&&) noexcept;
  ~Stream();

  // The limit for the pending or the next operations, from now; 0 = none. Cheap: moves a deadline.
  void expires_after(wire::Duration limit);

  // Some bytes, in a buffer shared by all streams: valid until the next suspension of any
  // coroutine. Errors: error::timed_out (net category), error::interrupted, asio::error::eof, the
  // system's.
  boost::asio::awaitable<Result<std::string_view>> read();
  // Both pieces completely, in one system call where the socket takes it.
  boost::asio::awaitable<error_code> write(std::string_view first, std::string_view second);
  // What has already arrived, without waiting; empty = nothing or closed. Same shared buffer.
  std::string_view read_available();

  boost::asio::awaitable<error_code> secure_as_server(ServerTls& tls);
  // Verifies the chain and the name host (RFC 6125/9525). On failure tls_problem() says why.
  boost::asio::awaitable<error_code> secure_as_client(ClientTls& tls, const std::string& host);

  // Wakes a pending (or the next) read with error::interrupted. For stopping.
  void interrupt();
  // Ends the connection (TLS close_notify if it goes at once); pending operations fail.
  void close();
  // Nothing unread and not closed by the peer: fit to be used again. Does not block.
  [[nodiscard]] bool is_quiet_and_open();
  // The peer has closed its side or is gone, and everything that it sent has been read.
  [[nodiscard]] bool is_abandoned();
  // The last read ended at the peer's orderly close. A peer that closes with our bytes unread makes
  // its system send a reset instead, so an orderly close also means that it has read them.
  [[nodiscard]] bool has_ended_cleanly() const;

  // Bytes that the system has taken from write() so far: a sign of progress.
  [[nodiscard]] std::uint64_t written() const;
  [[nodiscard]] bool is_secure() const;
  [[nodiscard]] const std::string& tls_problem() const;  // for people: "certificate has expired"
  [[nodiscard]] boost::asio::ip::tcp::endpoint local() const;
  [[nodiscard]] boost::asio::ip::tcp::endpoint remote() const;
  [[nodiscard]] boost::asio::any_io_executor executor();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared only with the time-out's handler, which holds it weakly
};

}  // namespace todoku::net
