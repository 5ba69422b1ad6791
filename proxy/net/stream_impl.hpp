// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a stream does at its socket: try first, wait only when the system would block. One loop for
// plain and TLS, since both say what to wait for; a wait can always be cancelled without harm to
// the stream. A plain read that has taken all there was does not try, though: the wait itself
// brings the first bytes, so that an answer costs one call of the system less. For stream.cpp only;
// I/O thread.
#include "proxy/net/stream.hpp"
#include "proxy/net/tls_layer.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::net {

// The buffer all streams of one I/O thread share: an idle connection holds none.
class SharedBuffer : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;  // how Asio finds a service; carries no state
  explicit SharedBuffer(boost::asio::execution_context& context) : service(context) {}
  std::array<char, 65536> bytes;

 private:
  void shutdown() noexcept override {}
};

struct Stream::Impl : std::enable_shared_from_this<Stream::Impl> {
  using Clock = std::chrono::steady_clock;
  using tcp = boost::asio::ip::tcp;
  static constexpr std::size_t first_size = 512;  // a command line, RFC 5321 section 4.5.3.1.4
  static constexpr int turns_in_a_row = 16;       // then others: a fast peer must not own the loop

  explicit Impl(tcp::socket s);

  enum class Waiting : std::uint8_t {
    nobody,
    reader,
    other
  };

  tcp::socket socket;
  boost::asio::steady_timer timer;
  SharedBuffer& buffer;
  std::unique_ptr<TlsLayer> tls;
  std::string problem;
  error_code broken;  // set once: the stream is finished
  Clock::time_point deadline = Clock::time_point::max();
  wire::Duration limit{0};
  std::uint64_t written = 0;
  std::array<char, first_size> first_bytes;  // where a wait puts what comes first
  int turns = 0;
  Waiting waiting = Waiting::nobody;
  bool is_armed = false;
  bool is_interrupted = false;
  bool is_read_expired = false;
  bool is_drained = true;  // by the last read, as far as it could see

  void set_limit(wire::Duration new_limit);
  void arm();
  void on_timer();
  bool takes_turn();
  error_code fail(error_code code);
  Progress try_read(std::size_t& count, error_code& code);
  Progress try_write(std::string_view first, std::string_view second, std::size_t& count,
                     error_code& code);
  Progress try_write_record(std::string_view first, std::string_view second, std::size_t& count,
                            error_code& code);
  [[nodiscard]] bool is_late() const;
  void begin_wait(Waiting who);
  error_code end_wait(Waiting who, error_code code);
  boost::asio::awaitable<error_code> wait(Progress wanted, Waiting who);
  boost::asio::awaitable<Result<std::string_view>> receive();
  std::string_view take_first(std::size_t count);
  boost::asio::awaitable<error_code> handshake(Progress (TlsLayer::*side)());
  void drain();
};

}  // namespace todoku::net
