// SPDX-License-Identifier: Apache-2.0
// Stream reads and writes whatever the descriptor is: the family of the socket is asked by nobody.
#include "proxy/net/connect_local.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace todoku::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

ConnectFailure failure(const std::string& path, const error_code& code) {
  ConnectFailure failed;
  if (code == asio::error::connection_refused) failed.why = ConnectFailure::Why::refused;
  failed.detail = "connect to " + path + ": " + code.message();
  return failed;
}

}  // namespace

asio::awaitable<Connected> connect_local(asio::any_io_executor executor, std::string path) {
  if (path.size() > longest_socket_path) co_return failure(path, asio::error::name_too_long);
  asio::local::stream_protocol::socket socket(executor);
  const asio::local::stream_protocol::endpoint place(path);
  const auto [not_connected] = co_await socket.async_connect(place, as_result);
  if (not_connected) co_return failure(path, not_connected);
  error_code code;
  const auto handle = socket.release(code);
  asio::ip::tcp::socket adopted(executor);
  if (!code) adopted.assign(asio::ip::tcp::v4(), handle, code);
  if (code) co_return failure(path, code);
  co_return Stream(std::move(adopted));
}

}  // namespace todoku::net
