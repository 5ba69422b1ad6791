// SPDX-License-Identifier: Apache-2.0
// What others ask of a stream; how it is done at the socket is in stream_impl.
#include "proxy/net/stream.hpp"

#include "proxy/net/error.hpp"
#include "proxy/net/stream_impl.hpp"
#include "proxy/net/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace todoku::net {
namespace asio = boost::asio;
using asio::ip::tcp;

Stream::Stream(tcp::socket socket) : impl_(std::make_shared<Impl>(std::move(socket))) {
  error_code ignored;
  impl_->socket.non_blocking(true, ignored);
  impl_->socket.set_option(tcp::no_delay(true), ignored);
}

Stream::Stream(Stream&&) noexcept = default;

Stream::~Stream() {
  if (impl_) close();
}

void Stream::expires_after(wire::Duration limit) {
  impl_->set_limit(limit);
  if (impl_->waiting != Impl::Waiting::nobody) impl_->arm();
}

asio::awaitable<Result<std::string_view>> Stream::read() {
  Impl& self = *impl_;
  if (self.takes_turn()) co_await asio::post(self.socket.get_executor(), asio::use_awaitable);
  if (self.is_interrupted) {
    self.is_interrupted = false;
    co_return make_error_code(error::interrupted);
  }
  while (!self.broken) {
    // What lies there counts even when the limit has passed: then try_read looks.
    if (!self.tls && self.is_drained && !self.is_late()) {
      const Result<std::string_view> received = co_await self.receive();
      co_return received;
    }
    std::size_t count = 0;
    error_code code;
    const Progress progress = self.try_read(count, code);
    if (progress == Progress::done) co_return std::string_view(self.buffer.bytes.data(), count);
    if (progress == Progress::failed) co_return self.fail(code);
    const error_code waited = co_await self.wait(progress, Impl::Waiting::reader);
    if (waited) co_return waited;
  }
  co_return self.broken;
}

asio::awaitable<error_code> Stream::write(std::string_view first, std::string_view second) {
  Impl& self = *impl_;
  if (self.takes_turn()) co_await asio::post(self.socket.get_executor(), asio::use_awaitable);
  while (!self.broken && !(first.empty() && second.empty())) {
    std::size_t count = 0;
    error_code code;
    const Progress progress = self.try_write(first, second, count, code);
    if (progress == Progress::failed) co_return self.fail(code);
    if (progress == Progress::done) {
      const std::size_t of_first = std::min(count, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(count - of_first);
      self.written += count;
      continue;
    }
    const error_code waited = co_await self.wait(progress, Impl::Waiting::other);
    if (waited) co_return waited;
    self.set_limit(self.limit);  // there was progress: the limit starts anew
  }
  co_return self.broken;
}

std::string_view Stream::read_available() {
  std::size_t count = 0;
  error_code code;
  if (!impl_->socket.is_open() || impl_->try_read(count, code) != Progress::done) return {};
  return {impl_->buffer.bytes.data(), count};
}

asio::awaitable<error_code> Stream::secure_as_server(ServerTls& tls) {
  Impl& self = *impl_;
  if (self.broken) co_return self.broken;
  self.tls = std::make_unique<TlsLayer>(self.socket, tls.context().native_handle());
  const error_code result = co_await self.handshake(&TlsLayer::accept);
  co_return result;
}

asio::awaitable<error_code> Stream::secure_as_client(ClientTls& tls, const std::string& host) {
  Impl& self = *impl_;
  if (self.broken) co_return self.broken;
  self.tls = std::make_unique<TlsLayer>(self.socket, tls.context().native_handle());
  self.tls->expect_host(host);
  tls.prepare(self.tls->handle(), host + ":" + std::to_string(remote().port()));
  const error_code result = co_await self.handshake(&TlsLayer::connect);
  co_return result;
}

void Stream::interrupt() {
  impl_->is_interrupted = true;
  if (impl_->waiting != Impl::Waiting::reader) return;
  error_code ignored;
  impl_->socket.cancel(ignored);
}

void Stream::close() {
  Impl& self = *impl_;
  if (!self.socket.is_open()) return;
  if (self.tls) self.tls->say_goodbye();
  error_code ignored;
  self.drain();
  self.socket.shutdown(tcp::socket::shutdown_send, ignored);
  self.drain();
  self.socket.close(ignored);
  self.timer.cancel();
  self.fail(asio::error::not_connected);
}

bool Stream::is_quiet_and_open() {
  Impl& self = *impl_;
  if (self.broken || !self.socket.is_open()) return false;
  if (self.tls) return self.tls->is_quiet();
  char byte = 0;
  error_code code;
  self.socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, code);
  return code == asio::error::would_block;
}

bool Stream::is_abandoned() {
  Impl& self = *impl_;
  if (self.broken || !self.socket.is_open()) return true;
  char byte = 0;
  error_code code;
  self.socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, code);
  return code && code != asio::error::would_block;
}

bool Stream::has_ended_cleanly() const {
  return impl_->broken == asio::error::eof;
}

bool Stream::is_secure() const {
  return impl_->tls != nullptr;
}

const std::string& Stream::tls_problem() const {
  return impl_->problem;
}

tcp::endpoint Stream::local() const {
  error_code ignored;
  return impl_->socket.local_endpoint(ignored);
}

std::uint64_t Stream::written() const {
  return impl_->written;
}

tcp::endpoint Stream::remote() const {
  error_code ignored;
  return impl_->socket.remote_endpoint(ignored);
}

asio::any_io_executor Stream::executor() {
  return impl_->socket.get_executor();
}

}  // namespace todoku::net
