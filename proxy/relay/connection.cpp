// SPDX-License-Identifier: Apache-2.0
// Runs a client dialogue over a stream, and feeds it the body of a message.
#include "proxy/relay/connection.hpp"

#include "proxy/delivery/verdict.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

// How much of a body is read from the spool at a time. With one piece ahead of the relay's replies
// this allows about 25 MB/s at a round trip of 40 ms.
constexpr std::size_t piece_size = 512UL * 1024;

smtp::TlsMode tls_mode(settings::Scheme scheme) {
  switch (scheme) {
    case settings::Scheme::submission:
      return smtp::TlsMode::starttls_required;
    case settings::Scheme::submissions:
      return smtp::TlsMode::implicit;
    case settings::Scheme::smtp:
    case settings::Scheme::imaps:
    case settings::Scheme::imap:
    case settings::Scheme::pop3s:
    case settings::Scheme::pop3:
    case settings::Scheme::maildir:
      break;
  }
  return smtp::TlsMode::none;
}

// RFC 5321 4.1.4: without a name of our own, the address literal of the socket.
std::string hello_name(const settings::Delivery& delivery, const net::Stream& stream) {
  if (!delivery.hello_name.empty()) return delivery.hello_name;
  const auto address = stream.local().address();
  return address.is_v6() ? "[IPv6:" + address.to_string() + "]" : "[" + address.to_string() + "]";
}

// The client waits for a verdict while a connection is opened, so opening may not take longer than
// that wait.
smtp::ClientLimits limits_of(const settings::Delivery& delivery) {
  smtp::ClientLimits limits;
  limits.greeting = std::min(delivery.greeting_limit, delivery.verdict_wait);
  limits.command = std::min(delivery.command_limit, delivery.verdict_wait);
  limits.data = delivery.data_limit;
  limits.block = delivery.block_limit;
  limits.final_dot = delivery.final_dot_limit;
  return limits;
}

smtp::ClientOptions options_of(const settings::ServerUrl& relay, const Surroundings& around,
                               const net::Stream& stream, wire::Tracer* tracer) {
  const auto& delivery = around.settings.delivery;
  smtp::ClientOptions options;
  options.hello_name = hello_name(delivery, stream);
  options.own_instance = around.instance;
  options.tls = tls_mode(relay.scheme);
  options.may_log_in_without_tls =
      relay.scheme == settings::Scheme::smtp && settings::is_loopback(relay.host);
  options.use_chunking = delivery.chunking;
  options.limits = limits_of(delivery);
  options.tracer = tracer;
  return options;
}

delivery::Obstacle obstacle_of(net::ConnectFailure::Why why) {
  switch (why) {
    case net::ConnectFailure::Why::name_not_found:
    case net::ConnectFailure::Why::name_lookup_failed:
      return delivery::Obstacle::name_not_found;
    case net::ConnectFailure::Why::refused:
    case net::ConnectFailure::Why::unreachable:
    case net::ConnectFailure::Why::timed_out:
    case net::ConnectFailure::Why::other:
      break;
  }
  return delivery::Obstacle::unreachable;
}

}  // namespace

std::string name_of(const settings::ServerUrl& relay) {
  const bool is_v6 = relay.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + relay.host + "]" : relay.host) + ":" + std::to_string(relay.port);
}

Connection::Connection(net::Stream stream, const settings::ServerUrl& relay, Surroundings& around,
                       std::unique_ptr<platform::LogTracer> tracer)
    : tracer_(std::move(tracer)),
      stream_(std::move(stream)),
      dialogue_(std::make_unique<smtp::ClientDialogue>(
          options_of(relay, around, stream_, tracer_.get()))),
      relay_(name_of(relay)) {
  security_.client = &around.tls;
  security_.host = relay.host;
}

asio::awaitable<bool> Connection::open() {
  const wire::Event opened{wire::Happened::opened};
  const auto action = co_await net::converse(stream_, *dialogue_, opened, security_);
  is_over_ = action == wire::Action::finish;
  co_return !is_over_ && !dialogue_->failure();
}

asio::awaitable<wire::Action> Connection::go_on() {
  const wire::Event answered{wire::Happened::answered};
  const auto action = co_await net::converse(stream_, *dialogue_, answered, security_);
  is_over_ = action == wire::Action::finish;
  co_return action;
}

asio::awaitable<bool> Connection::log_in(const smtp::Credentials& credentials) {
  // A relay that offers no log-in carries everybody's mail: there is nothing to log in to.
  const bool has_any = !credentials.user.empty() || !credentials.password.empty();
  if (dialogue_->capabilities().offers_login && has_any) {
    dialogue_->log_in(credentials);
    co_await go_on();
    if (is_over_ || dialogue_->failure()) co_return false;
  }
  credentials_ = credentials;
  co_return true;
}

asio::awaitable<smtp::Exchange> Connection::carry(submission::Outgoing& message, bool careful) {
  has_begun_ = has_lost_body_ = false;
  // break_off must not outlive us, however this ends; and what is beyond recall then stays so.
  const auto let_go = [this](submission::Outgoing* held) {
    const bool is_undecided = is_beyond_recall() && !dialogue_->exchange();
    held->break_off = nullptr;
    held->progress = nullptr;
    if (is_undecided) held->break_off = [] { return false; };
  };
  const std::unique_ptr<submission::Outgoing, decltype(let_go)> in_hand(&message, let_go);
  message.break_off = [this] { return break_off(); };
  message.progress = [this] { return stream_.written(); };
  co_await send(message, careful);
  used_now();
  smtp::Exchange result;
  result.trouble =
      message.is_given_up || !is_over_ ? smtp::Trouble::stopped : smtp::Trouble::closed;
  if (has_begun_ && dialogue_->exchange()) result = *dialogue_->exchange();
  co_return result;
}

asio::awaitable<void> Connection::send(submission::Outgoing& message, bool careful) {
  if (is_over_ || !dialogue_->is_reusable()) {
    is_over_ = true;
    co_return;
  }
  auto first = co_await message.body->read(0, piece_size);
  if (is_gone(first, message)) co_return;
  if (first->is_last) {
    const bool may_end = co_await may_leave(message);
    if (!may_end) co_return;
  }
  const auto sent = first->bytes.size();
  begin(message, *first, careful);
  co_await go_on();
  co_await feed_body(message, sent);
}

// first_ holds what stands before the body until the dialogue has sent it.
void Connection::begin(const submission::Outgoing& message, const store::Body::Piece& first,
                       bool careful) {
  has_begun_ = true;
  if (message.front.empty()) {
    dialogue_->begin(message.envelope, {first.bytes, first.is_last}, careful,
                     message.accepts_partly);
    return;
  }
  first_ = message.front + std::string(first.bytes);
  auto envelope = message.envelope;
  if (envelope.declared_size) *envelope.declared_size += message.front.size();
  dialogue_->begin(envelope, {first_, first.is_last}, careful, message.accepts_partly);
}

asio::awaitable<void> Connection::feed_body(submission::Outgoing& message, std::uint64_t offset) {
  while (!is_over_ && dialogue_->wants() == smtp::ClientDialogue::Wants::body) {
    auto piece = co_await message.body->read(offset, piece_size);
    bool may_go_on = !is_gone(piece, message);
    if (may_go_on && piece->is_last) may_go_on = co_await may_leave(message);
    if (!may_go_on) {
      dialogue_->abandon();
    } else {
      offset += piece->bytes.size();
      dialogue_->give({piece->bytes, piece->is_last});
    }
    co_await go_on();
  }
}

// The end may leave only when it is written down that it may be delivered from now on.
asio::awaitable<bool> Connection::may_leave(submission::Outgoing& message) {
  if (!message.before_end) co_return true;
  const bool may = co_await message.before_end();
  has_lost_body_ = has_lost_body_ || !may;
  co_return may && !message.is_given_up;
}

bool Connection::is_gone(const Result<store::Body::Piece>& piece,
                         const submission::Outgoing& message) {
  if (message.is_given_up) return true;
  has_lost_body_ = piece.has_error();
  return has_lost_body_ || piece->is_abandoned;
}

bool Connection::is_beyond_recall() const {
  return has_begun_ && dialogue_->has_sent_end();
}

bool Connection::break_off() {
  if (is_beyond_recall()) return false;
  stream_.close();
  return true;
}

asio::awaitable<void> Connection::quit() {
  if (!is_over_ && stream_.is_quiet_and_open()) {
    dialogue_->quit();
    co_await go_on();
  }
  stream_.close();
}

bool Connection::is_fit() {
  return !is_over_ && dialogue_->is_reusable() && stream_.is_quiet_and_open();
}

bool Connection::has_refused() const {
  const auto& last = dialogue_->exchange();
  return last && last->result != smtp::Exchange::Result::accepted;
}

delivery::Attempt Connection::failure() const {
  const auto known = dialogue_->failure().value_or(smtp::Failure{});
  std::string detail;
  if (known.trouble == smtp::Trouble::starttls_missing) detail = "it does not offer STARTTLS";
  if (known.trouble == smtp::Trouble::tls_failed) detail = stream_.tls_problem();
  return delivery::attempt_of(known, relay_, std::move(detail));
}

const std::string& Connection::oauth_challenge() const {
  return dialogue_->login_challenge();
}

std::chrono::steady_clock::duration Connection::idle_for() const {
  return std::chrono::steady_clock::now() - last_used_;
}

asio::awaitable<std::variant<std::unique_ptr<Connection>, delivery::Attempt>> dial(
    const settings::ServerUrl& relay, Surroundings& around, wire::Duration connect_limit) {
  auto connected =
      co_await net::connect(around.rooms.executor(), relay.host, relay.port, connect_limit);
  if (auto* failed = std::get_if<net::ConnectFailure>(&connected)) {
    delivery::Attempt attempt;
    attempt.relay = name_of(relay);
    attempt.obstacle = obstacle_of(failed->why);
    attempt.detail = std::move(failed->detail);
    co_return attempt;
  }
  std::unique_ptr<platform::LogTracer> tracer;
  if (around.settings.trace) {
    tracer = std::make_unique<platform::LogTracer>(around.log, "relay " + name_of(relay));
  }
  auto connection = std::make_unique<Connection>(std::move(std::get<net::Stream>(connected)), relay,
                                                 around, std::move(tracer));
  const bool is_open = co_await connection->open();
  if (!is_open) co_return connection->failure();
  co_return connection;
}

}  // namespace todoku::relay
