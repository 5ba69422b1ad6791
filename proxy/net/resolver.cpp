// SPDX-License-Identifier: Apache-2.0
// c-ares tells which of its sockets it wants to hear of; each is watched through an Asio object
// that borrows it. Its answers come as bytes, which wire::read_dns_answer reads.
#include "proxy/net/resolver.hpp"

#include "proxy/net/dns_cache.hpp"
#include "proxy/net/start.hpp"
#include "proxy/wire/dns_message.hpp"
#include "proxy/wire/domain_name.hpp"
#include "proxy/wire/freed.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ares.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace todoku::net {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using Clock = std::chrono::steady_clock;
using Socket = asio::ip::udp::socket;  // of TCP, too: only waiting is done with it

namespace {

constexpr std::uint16_t internet = 1;

std::uint16_t number_of(wire::RecordType type) {
  switch (type) {
    case wire::RecordType::a:
      return 1;
    case wire::RecordType::ptr:
      return 12;
    case wire::RecordType::mx:
      return 15;
    case wire::RecordType::txt:
      return 16;
    case wire::RecordType::aaaa:
      return 28;
  }
  return 0;
}

wire::DnsAnswer failed_answer(wire::DnsStatus status) {
  wire::DnsAnswer answer;
  answer.status = status;
  return answer;
}

wire::DnsAnswer answer_of(int status, std::string_view message, const wire::DnsQuestion& question) {
  switch (status) {
    case ARES_SUCCESS:
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
      return wire::read_dns_answer(message, question);
    case ARES_ETIMEOUT:
      return failed_answer(wire::DnsStatus::timed_out);
    default:  // a C library's numbers: SERVFAIL, REFUSED, no server in reach, and its own trouble
      return failed_answer(wire::DnsStatus::server_failed);
  }
}

using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, wire::Freed<ares_destroy>>;

// One question under way; everybody who asks it waits here.
struct Pending {
  explicit Pending(const asio::any_io_executor& executor) : ended(executor) {}
  Signal ended;
  std::optional<wire::DnsAnswer> answer;
};

// One socket of c-ares, borrowed.
struct Watched {
  explicit Watched(const asio::any_io_executor& executor) : socket(executor) {}
  ~Watched() { give_back(); }
  // c-ares closes it next, and its number may come back at once as another socket's.
  void give_back() {
    error_code ignored;
    if (socket.is_open()) socket.release(ignored);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  Socket socket;
  bool wants_read = false;
  bool wants_write = false;
  bool is_reading = false;
  bool is_writing = false;
};

}  // namespace

struct Resolver::Impl : std::enable_shared_from_this<Impl> {
  // What c-ares hands back with an answer; it calls back exactly once.
  struct Asked {
    std::weak_ptr<Impl> resolver;
    wire::DnsQuestion question;
  };
  Impl(asio::any_io_executor e, ResolverOptions o)
      : executor(std::move(e)),
        options(std::move(o)),
        cache(options.most_answers),
        timer(executor) {}

  error_code open();
  void close();
  std::shared_ptr<Pending> start(const wire::DnsQuestion& question);
  void take(const wire::DnsQuestion& question, int status, std::string_view message);
  void socket_state(ares_socket_t handle, bool wants_read, bool wants_write);
  void watch(ares_socket_t handle, const std::shared_ptr<Watched>& watched);
  void process(ares_socket_t readable, ares_socket_t writable);
  void set_timer();

  asio::any_io_executor executor;
  ResolverOptions options;
  DnsCache cache;
  std::map<wire::DnsQuestion, std::shared_ptr<Pending>> pending;
  std::map<ares_socket_t, std::shared_ptr<Watched>> sockets;
  asio::steady_timer timer;
  Channel channel;
  bool is_stale = false;  // the system's servers may have changed
};

error_code Resolver::Impl::open() {
  ares_library_init(ARES_LIB_INIT_ALL);  // counts its calls; needed on Windows only
  ares_options with{};
  // Tries of 1/4, 1/2 of the limit leave room for a second server.
  with.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS;
  with.ednspsz = 1232;  // what passes every path without being cut (DNS flag day 2020)
  with.timeout = std::max(static_cast<int>(options.timeout.count() / 4), 1);
  with.tries = 2;
  with.sock_state_cb_data = this;
  with.sock_state_cb = [](void* self, ares_socket_t handle, int reads, int writes) {
    static_cast<Impl*>(self)->socket_state(handle, reads != 0, writes != 0);
  };
  ares_channel made = nullptr;
  const int status = ares_init_options(&made, &with,
                                       ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS |
                                           ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  if (status != ARES_SUCCESS) return errc::make_error_code(errc::io_error);
  channel.reset(made);
  if (options.servers.empty()) return {};
  const bool is_set = ares_set_servers_ports_csv(made, options.servers.c_str()) == ARES_SUCCESS;
  return is_set ? error_code() : errc::make_error_code(errc::invalid_argument);
}

void Resolver::Impl::close() {
  timer.cancel();
  channel.reset();
  sockets.clear();
}

void Resolver::Impl::socket_state(ares_socket_t handle, bool wants_read, bool wants_write) {
  if (!wants_read && !wants_write) {  // it is about to be closed
    const auto known = sockets.find(handle);
    if (known == sockets.end()) return;
    known->second->give_back();
    sockets.erase(known);
    return;
  }
  auto& watched = sockets[handle];
  if (!watched) {
    watched = std::make_shared<Watched>(executor);
    error_code ignored;
    watched->socket.assign(asio::ip::udp::v4(), handle, ignored);
  }
  watched->wants_read = wants_read;
  watched->wants_write = wants_write;
  watch(handle, watched);
}

// Waits for what is wanted and not yet waited for. The handlers own the socket's watcher only
// weakly: a number may be given to another socket as soon as it is closed.
void Resolver::Impl::watch(ares_socket_t handle, const std::shared_ptr<Watched>& watched) {
  const auto go_on = [self = weak_from_this(), handle, weak = std::weak_ptr(watched)](
                         const error_code& code, bool is_read) {
    const auto impl = self.lock();
    const auto still = weak.lock();
    if (code || !impl || !still || !impl->channel) return;
    (is_read ? still->is_reading : still->is_writing) = false;
    impl->process(is_read ? handle : ARES_SOCKET_BAD, is_read ? ARES_SOCKET_BAD : handle);
    const auto now = impl->sockets.find(handle);
    if (now != impl->sockets.end() && now->second == still) impl->watch(handle, still);
  };
  if (watched->wants_read && !watched->is_reading) {
    watched->is_reading = true;
    watched->socket.async_wait(Socket::wait_read,
                               [go_on](const error_code& code) { go_on(code, true); });
  }
  if (watched->wants_write && !watched->is_writing) {
    watched->is_writing = true;
    watched->socket.async_wait(Socket::wait_write,
                               [go_on](const error_code& code) { go_on(code, false); });
  }
}

void Resolver::Impl::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel.get(), readable, writable);
  set_timer();
}

void Resolver::Impl::set_timer() {
  timeval wait{};
  if (ares_timeout(channel.get(), nullptr, &wait) == nullptr) {
    timer.cancel();
    return;
  }
  const auto rest = std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec);
  timer.expires_after(std::max<Clock::duration>(rest, std::chrono::milliseconds(1)));
  timer.async_wait([self = weak_from_this()](const error_code& code) {
    const auto impl = self.lock();
    if (!code && impl && impl->channel) impl->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

std::shared_ptr<Pending> Resolver::Impl::start(const wire::DnsQuestion& question) {
  const auto known = pending.find(question);
  if (known != pending.end()) return known->second;
  if (is_stale && pending.empty()) {
    close();
    is_stale = open().failed();
  }
  auto waiting = std::make_shared<Pending>(executor);
  if (!channel) {
    waiting->answer = failed_answer(wire::DnsStatus::server_failed);
    return waiting;
  }
  pending.emplace(question, waiting);
  auto asked = std::make_unique<Asked>(Asked{weak_from_this(), question});
  ares_query(
      channel.get(), question.name.c_str(), internet, number_of(question.type),
      [](void* argument, int status, int, unsigned char* bytes, int size) {
        const std::unique_ptr<Asked> back(static_cast<Asked*>(argument));
        const auto impl = back->resolver.lock();
        const std::string_view message(reinterpret_cast<const char*>(bytes),
                                       bytes == nullptr ? 0 : static_cast<std::size_t>(size));
        if (impl) impl->take(back->question, status, message);
      },
      asked.release());
  set_timer();
  return waiting;
}

void Resolver::Impl::take(const wire::DnsQuestion& question, int status, std::string_view message) {
  const auto found = pending.find(question);
  if (found == pending.end()) return;
  const auto waiting = std::move(found->second);
  pending.erase(found);
  auto answer = answer_of(status, message, question);
  const auto keep_for = answer.has_failed()
                            ? options.trouble_for
                            : std::min<wire::Duration>(answer.lifetime, options.longest);
  cache.add(question, answer, keep_for, Clock::now());
  waiting->answer = std::move(answer);
  waiting->ended.notify_all();
}

Resolver::Resolver(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Resolver>> Resolver::make(asio::any_io_executor executor,
                                                 ResolverOptions options) {
  auto impl = std::make_shared<Impl>(std::move(executor), std::move(options));
  if (const auto failed = impl->open()) return failed;
  return std::unique_ptr<Resolver>(new Resolver(std::move(impl)));
}

Resolver::~Resolver() {
  impl_->close();
}

asio::awaitable<wire::DnsAnswer> Resolver::ask(wire::DnsQuestion question) {
  question.name = wire::normal_name(question.name);
  if (!wire::is_dns_name(question.name)) co_return failed_answer(wire::DnsStatus::no_such_name);
  const auto impl = impl_;
  auto known = impl->cache.find(question, Clock::now());
  if (known) co_return std::move(*known);
  const auto end = Clock::now() + impl->options.timeout;
  const auto waiting = impl->start(question);
  while (!waiting->answer) {
    const auto rest = std::chrono::ceil<wire::Duration>(end - Clock::now());
    if (rest.count() <= 0) co_return failed_answer(wire::DnsStatus::timed_out);
    co_await waiting->ended.wait(rest);
  }
  co_return *waiting->answer;
}

asio::awaitable<void> Resolver::run(wire::DnsDialogue& dialogue) {
  auto question = dialogue.next(nullptr);
  while (question) {
    const auto answer = co_await ask(std::move(*question));
    question = dialogue.next(&answer);
  }
}

void Resolver::give_up() {
  if (impl_->channel) ares_cancel(impl_->channel.get());
}

void Resolver::refresh() {
  impl_->cache.forget_failures();
  impl_->is_stale = impl_->options.servers.empty();
}

std::size_t Resolver::kept() const {
  return impl_->cache.size();
}

}  // namespace todoku::net
