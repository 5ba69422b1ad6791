// SPDX-License-Identifier: Apache-2.0
// Listening. What goes wrong with one connection must not end the listener.
#include "proxy/net/listener.hpp"

#include "proxy/net/error.hpp"
#include "proxy/net/start.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace todoku::net {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr int backlog = 4096;
constexpr wire::Duration descriptor_pause{100};  // until others have closed some

error_code bind_and_listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code code;
  acceptor.open(endpoint.protocol(), code);
  // On Windows this option would let two programs share the port; there a crash leaves it free.
#ifndef _WIN32
  if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
#endif
  if (!code && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(backlog, code);
  return code;
}

bool is_shortage(const error_code& code) {
  return code == asio::error::no_descriptors || code == asio::error::no_memory ||
         code == asio::error::no_buffer_space ||
         code == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

Listener::Listener(tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}

Result<Listener> Listener::open(asio::any_io_executor executor, const std::string& address,
                                std::uint16_t port) {
  error_code not_literal;
  const std::string literal = address == "localhost" ? "127.0.0.1" : address;
  const asio::ip::address parsed = asio::ip::make_address(literal, not_literal);
  if (not_literal) return make_error_code(error::name_not_literal);
  tcp::acceptor acceptor(executor);
  const error_code code = bind_and_listen(acceptor, tcp::endpoint(parsed, port));
  if (code) return code;
  return Listener(std::move(acceptor));
}

asio::awaitable<Result<Stream>> Listener::accept() {
  while (acceptor_.is_open()) {
    auto [code, socket] = co_await acceptor_.async_accept(as_result);
    if (!code) co_return Stream(std::move(socket));
    if (code == asio::error::operation_aborted) break;
    if (!is_shortage(code)) continue;  // that one connection broke while it waited
    const asio::any_io_executor executor = acceptor_.get_executor();
    co_await pause(executor, descriptor_pause);
  }
  co_return error_code(asio::error::operation_aborted);
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

std::uint16_t Listener::port() const {
  error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

std::uint16_t free_port_near(std::uint16_t wanted) {
  constexpr unsigned tries = 64;
  asio::io_context context;
  for (unsigned port = wanted; port < wanted + tries && port <= 65535; ++port) {
    tcp::acceptor acceptor(context);
    const auto number = static_cast<std::uint16_t>(port);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), number);
    if (number != 0 && !bind_and_listen(acceptor, endpoint)) return number;
  }
  return 0;
}

}  // namespace todoku::net
