// SPDX-License-Identifier: Apache-2.0
#pragma once

// A listening socket. Backlog 4096, address reuse, IPv4 or IPv6; rebinds at once after a crash.
#include "proxy/net/stream.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace todoku::net {

class Listener {
 public:
  // address: a literal or "localhost" (then 127.0.0.1). Port 0 = any free one.
  static Result<Listener> open(boost::asio::any_io_executor executor, const std::string& address,
                               std::uint16_t port);
  // Error only when the listener was closed; out of descriptors is waited out inside.
  boost::asio::awaitable<Result<Stream>> accept();
  void close();
  [[nodiscard]] std::uint16_t port() const;

 private:
  explicit Listener(boost::asio::ip::tcp::acceptor acceptor);
  boost::asio::ip::tcp::acceptor acceptor_;
};

// Who holds the port: "postfix/master (pid 812)", or empty where the system does not tell.
[[nodiscard]] std::string owner_of_port(std::uint16_t port);
// A free port near the wanted one on 127.0.0.1, 0 = none found.
[[nodiscard]] std::uint16_t free_port_near(std::uint16_t wanted);

}  // namespace todoku::net
