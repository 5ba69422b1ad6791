// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two connected streams over loopback, and small habits of a peer.
#include "proxy/net/connect.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/net/start.hpp"
#include "proxy/net/stream.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace todoku::support {

constexpr std::string_view nothing;  // no second piece

struct StreamPair {
  std::unique_ptr<net::Stream> client;
  std::unique_ptr<net::Stream> server;
};

inline boost::asio::awaitable<StreamPair> make_pair(boost::asio::any_io_executor executor) {
  const std::string host = "127.0.0.1";
  Result<net::Listener> listener = net::Listener::open(executor, host, 0);
  net::Connected client =
      co_await net::connect(executor, host, listener->port(), std::chrono::seconds(5));
  Result<net::Stream> server = co_await listener->accept();
  StreamPair pair;
  if (auto* stream = std::get_if<net::Stream>(&client)) {
    pair.client = std::make_unique<net::Stream>(std::move(*stream));
  }
  if (server) pair.server = std::make_unique<net::Stream>(std::move(*server));
  EXPECT_TRUE(pair.client && pair.server);
  co_return pair;
}

inline boost::asio::awaitable<void> write_later(net::Stream& stream, std::string text,
                                                std::chrono::milliseconds delay) {
  co_await net::pause(stream.executor(), delay);
  co_await stream.write(text, nothing);
}

}  // namespace todoku::support
