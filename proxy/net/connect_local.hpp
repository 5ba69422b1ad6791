// SPDX-License-Identifier: Apache-2.0
#pragma once

// A stream to a program on this computer that listens on a socket file (AF_UNIX).
#include "proxy/net/connect.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <string>

namespace todoku::net {

// Longest path that every system takes, in bytes (sockaddr_un of Linux less one).
constexpr std::size_t longest_socket_path = 107;

// The stream's local() and remote() say nothing then.
boost::asio::awaitable<Connected> connect_local(boost::asio::any_io_executor executor,
                                                std::string path);

}  // namespace todoku::net
