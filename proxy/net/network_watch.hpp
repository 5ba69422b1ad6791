// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells when this computer has got an address or a route: a cable, a wireless network, a VPN, or
// the network after sleep. What was out of reach may be back then. Owned by main. I/O thread.
// Source: rtnetlink(7). Where it cannot be watched, next_addition never returns before close.
#include "proxy/net/start.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace todoku::net {

class NetworkWatch {
 public:
  explicit NetworkWatch(boost::asio::any_io_executor executor);
  ~NetworkWatch();
  // True = something was added; false = closed. Several changes at once are one.
  boost::asio::awaitable<bool> next_addition();
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::net
