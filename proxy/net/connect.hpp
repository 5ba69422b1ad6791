// SPDX-License-Identifier: Apache-2.0
#pragma once

// Name to connected socket: all A/AAAA addresses, RFC 8305 style (next address after 250 ms, IPv6
// first as the resolver orders them), and a clear word for each way to fail.
#include "proxy/net/stream.hpp"
#include "proxy/wire/dialogue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace todoku::net {

struct ConnectFailure {
  enum class Why : std::uint8_t {
    name_not_found,
    name_lookup_failed,
    refused,
    unreachable,
    timed_out,
    other
  };
  Why why = Why::other;
  std::string detail;  // "connect to 192.0.2.1:587: Connection refused"
};

using Connected = std::variant<Stream, ConnectFailure>;

// limit: for the whole attempt over all addresses.
boost::asio::awaitable<Connected> connect(boost::asio::any_io_executor executor, std::string host,
                                          std::uint16_t port, wire::Duration limit);

}  // namespace todoku::net
