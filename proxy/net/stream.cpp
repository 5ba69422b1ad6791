// SPDX-License-Identifier: Apache-2.0
// Sockets: try first, wait only when the system would block. One loop for plain and TLS, since both
// say what to wait for; a wait can always be cancelled without harm to the stream. A plain read
// that has taken all there was does not try, though: the wait itself brings the first bytes, so
// that an answer costs one call of the system instead of four.
#include "proxy/net/stream.hpp"

#include "proxy/net/error.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/net/tls_layer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

namespace todoku::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t first_size = 512;  // a command line with its end, RFC 5321 section 4.5.3.1.4
constexpr std::size_t record_size = 16384;  // the largest TLS record, RFC 8446 section 5.1
constexpr int turns_in_a_row = 16;  // then others get their turn: a fast peer must not own the loop

// The buffer all streams of one I/O thread share: an idle connection holds none.
class SharedBuffer : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // how Asio finds a service; carries no state
  explicit SharedBuffer(asio::execution_context& context) : service(context) {}
  std::array<char, 65536> bytes;

 private:
  void shutdown() noexcept override {}
};
asio::execution_context::id SharedBuffer::id;

}  // namespace

struct Stream::Impl : std::enable_shared_from_this<Stream::Impl> {
  explicit Impl(tcp::socket s)
      : socket(std::move(s)),
        timer(socket.get_executor()),
        buffer(asio::use_service<SharedBuffer>(
            asio::query(socket.get_executor(), asio::execution::context))) {}

  enum class Waiting : std::uint8_t {
    nobody,
    reader,
    other
  };

  tcp::socket socket;
  asio::steady_timer timer;
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
  asio::awaitable<error_code> wait(Progress wanted, Waiting who);
  asio::awaitable<Result<std::string_view>> receive();
  std::string_view take_first(std::size_t count);
  asio::awaitable<error_code> handshake(Progress (TlsLayer::*side)());
  void drain();
};

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
