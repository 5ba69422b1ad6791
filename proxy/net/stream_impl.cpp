// SPDX-License-Identifier: Apache-2.0
#include "proxy/net/stream_impl.hpp"

#include "proxy/net/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace todoku::net {
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t record_size = 16384;  // the largest TLS record, RFC 8446 section 5.1

}  // namespace

asio::execution_context::id SharedBuffer::id;

Stream::Impl::Impl(tcp::socket s)
    : socket(std::move(s)),
      timer(socket.get_executor()),
      buffer(asio::use_service<SharedBuffer>(
          asio::query(socket.get_executor(), asio::execution::context))) {}

void Stream::Impl::set_limit(wire::Duration new_limit) {
  limit = new_limit;
  deadline = limit.count() > 0 ? Clock::now() + limit : Clock::time_point::max();
}

// The timer may be armed for an earlier deadline than the present one; it then re-arms itself.
void Stream::Impl::arm() {
  if (deadline == Clock::time_point::max()) return;
  if (is_armed && timer.expiry() <= deadline) return;
  is_armed = true;
  timer.expires_at(deadline);
  timer.async_wait([weak = weak_from_this()](error_code code) {
    const auto self = weak.lock();
    if (self && code != asio::error::operation_aborted) self->on_timer();
  });
}

void Stream::Impl::on_timer() {
  if (timer.expiry() > Clock::now()) return;  // moved while this call was already under way
  is_armed = false;
  if (waiting == Waiting::nobody) return;
  if (Clock::now() < deadline) return arm();
  // A reader that waited in vain has harmed nothing: the last words may still be written. A write
  // or a handshake that was cut off has left the stream in the middle of something.
  if (waiting == Waiting::reader) {
    is_read_expired = true;
  } else {
    fail(error::timed_out);
  }
  error_code ignored;
  socket.cancel(ignored);
}

bool Stream::Impl::takes_turn() {
  if (++turns < turns_in_a_row) return false;
  turns = 0;
  return true;
}

error_code Stream::Impl::fail(error_code code) {
  if (!broken) broken = code;
  return broken;
}

bool Stream::Impl::is_late() const {
  return deadline != Clock::time_point::max() && Clock::now() >= deadline;
}

void Stream::Impl::begin_wait(Waiting who) {
  waiting = who;
  turns = 0;
  arm();
}

// The answer is the stream's own error, never "aborted".
error_code Stream::Impl::end_wait(Waiting who, error_code code) {
  waiting = Waiting::nobody;
  if (broken) return broken;
  if (std::exchange(is_read_expired, false)) return make_error_code(error::timed_out);
  if (who == Waiting::reader && std::exchange(is_interrupted, false)) {
    return make_error_code(error::interrupted);
  }
  return code ? fail(code) : error_code();
}

asio::awaitable<error_code> Stream::Impl::wait(Progress wanted, Waiting who) {
  if (is_late()) {
    if (who == Waiting::reader) co_return make_error_code(error::timed_out);
    co_return fail(error::timed_out);
  }
  begin_wait(who);
  const auto direction =
      wanted == Progress::want_read ? tcp::socket::wait_read : tcp::socket::wait_write;
  const auto [code] = co_await socket.async_wait(direction, as_result);
  co_return end_wait(who, code);
}

// Waits and reads in one, without TLS. Bytes that have come count more than a limit that has passed
// or a call to stop: those are met by the next read.
asio::awaitable<Result<std::string_view>> Stream::Impl::receive() {
  begin_wait(Waiting::reader);
  const auto [code, count] = co_await socket.async_read_some(asio::buffer(first_bytes), as_result);
  if (code || broken) co_return end_wait(Waiting::reader, code);
  waiting = Waiting::nobody;
  is_read_expired = false;
  co_return take_first(count);
}

std::string_view Stream::Impl::take_first(std::size_t count) {
  std::memcpy(buffer.bytes.data(), first_bytes.data(), count);
  is_drained = count < first_bytes.size();
  if (is_drained) return {buffer.bytes.data(), count};
  error_code code;
  const std::size_t room = buffer.bytes.size() - count;
  const std::size_t more = socket.read_some(asio::buffer(&buffer.bytes[count], room), code);
  is_drained = more < room;
  if (code && code != asio::error::would_block) fail(code);  // the next read says so
  return {buffer.bytes.data(), count + more};
}

Progress Stream::Impl::try_read(std::size_t& count, error_code& code) {
  if (tls) {
    const Progress progress = tls->read(buffer.bytes.data(), buffer.bytes.size(), count);
    if (progress == Progress::failed) code = tls->failure();
    return progress;
  }
  count = socket.read_some(asio::buffer(buffer.bytes), code);
  is_drained = count < buffer.bytes.size();
  if (code == asio::error::would_block) return Progress::want_read;
  return code ? Progress::failed : Progress::done;
}

Progress Stream::Impl::try_write(std::string_view first, std::string_view second,
                                 std::size_t& count, error_code& code) {
  if (tls) return try_write_record(first, second, count, code);
  const std::array<asio::const_buffer, 2> pieces{asio::buffer(first), asio::buffer(second)};
  count = socket.write_some(pieces, code);
  if (code == asio::error::would_block) return Progress::want_write;
  return code ? Progress::failed : Progress::done;
}

// One record; where it spans both pieces they are joined in the shared buffer. A repeated call
// joins the same bytes again, as OpenSSL demands after want_write.
Progress Stream::Impl::try_write_record(std::string_view first, std::string_view second,
                                        std::size_t& count, error_code& code) {
  std::string_view record = first.empty() ? second : first;
  if (!first.empty() && first.size() < record_size && !second.empty()) {
    const std::size_t rest = std::min(record_size - first.size(), second.size());
    std::memcpy(buffer.bytes.data(), first.data(), first.size());
    std::memcpy(buffer.bytes.data() + first.size(), second.data(), rest);
    record = std::string_view(buffer.bytes.data(), first.size() + rest);
  }
  record = record.substr(0, record_size);
  const Progress progress = tls->write(record.data(), record.size(), count);
  if (progress == Progress::failed) code = tls->failure();
  return progress;
}

asio::awaitable<error_code> Stream::Impl::handshake(Progress (TlsLayer::*side)()) {
  for (;;) {
    const Progress progress = (tls.get()->*side)();
    problem = tls->problem();
    if (progress == Progress::done) co_return error_code();
    if (progress == Progress::failed) co_return fail(tls->failure());
    const error_code waited = co_await wait(progress, Waiting::other);
    if (waited) {
      if (waited == error::timed_out) problem = waited.message();
      co_return waited;
    }
  }
}

// Unread input at close makes the system send a reset, which can destroy our last reply on its way.
void Stream::Impl::drain() {
  error_code code;
  for (int round = 0; round < turns_in_a_row && !code; ++round) {
    socket.read_some(asio::buffer(buffer.bytes), code);
  }
}

}  // namespace todoku::net
