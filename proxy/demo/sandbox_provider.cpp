// SPDX-License-Identifier: Apache-2.0
// The sandbox's sessions: ServerDialogue knows the protocol, behaviour.hpp the answers; here they
// meet.
#include "proxy/demo/sandbox_provider.hpp"

#include "proxy/demo/behaviour.hpp"
#include "proxy/net/converse.hpp"

#include <algorithm>

namespace todoku::demo {

namespace {

constexpr std::uint64_t max_message = 35ULL * 1024 * 1024;  // what the sandbox offers as SIZE
constexpr std::size_t max_tried = 10'000;                   // remembered pairs for greylist

smtp::ServerOptions dialogue_options() {
  smtp::ServerOptions options;
  options.host_name = "smtp." + std::string(sandbox_domain);
  options.offered.pipelining = true;
  options.offered.eight_bit_mime = true;
  options.offered.smtputf8 = true;
  options.offered.dsn = true;
  options.offered.enhanced_status_codes = true;
  options.offered.has_size = true;
  options.offered.max_size = max_message;
  options.offered.offers_login = true;
  options.offered.mechanisms = {smtp::Mechanism::plain, smtp::Mechanism::login};
  return options;
}

smtp::Reply login_reply(const smtp::Credentials& credentials) {
  if (credentials.password.reveal() == wrong_password) {
    return {535, "5.7.8", "Authentication credentials invalid"};
  }
  return {235, "2.7.0", "Authentication successful"};
}

smtp::Reply sender_reply(const smtp::ServerDialogue& dialogue) {
  if (!dialogue.is_logged_in()) return {530, "5.7.0", "Authentication required"};
  if (dialogue.envelope().declared_size.value_or(0) > max_message) {
    return {552, "5.3.4", "Message size exceeds fixed limit"};
  }
  return {250, "2.1.0", "Ok"};
}

smtp::Reply stopping_reply() {
  return {421, "4.3.2", "The sandbox is shutting down"};
}

bool is_slow(std::string_view address) {
  return behaviour_of(address).conduct == Conduct::accept_slowly;
}

}  // namespace

SandboxOptions::SandboxOptions() : slow_recipient(demo::slow_recipient), slow_end(demo::slow_end) {}

Result<std::unique_ptr<SandboxProvider>> SandboxProvider::open(net::Rooms& rooms,
                                                               SandboxOptions options) {
  auto listener = net::Listener::open(rooms.executor(), "127.0.0.1", 0);
  if (!listener) return listener.error();
  return std::unique_ptr<SandboxProvider>(
      new SandboxProvider(rooms, std::move(*listener), std::move(options)));
}

SandboxProvider::SandboxProvider(net::Rooms& rooms, net::Listener listener, SandboxOptions options)
    : rooms_(rooms),
      listener_(std::move(listener)),
      port_(listener_.port()),
      options_(std::move(options)),
      stopping_(rooms.executor()) {}

std::string SandboxProvider::upstream_url() const {
  return "smtp://127.0.0.1:" + std::to_string(port_);
}

void SandboxProvider::start() {
  rooms_.start("sandbox", accept_all());
}

void SandboxProvider::stop() {
  if (is_stopping_) return;
  is_stopping_ = true;
  listener_.close();
  stopping_.notify_all();
  for (auto* stream : open_) stream->interrupt();
}

boost::asio::awaitable<void> SandboxProvider::accept_all() {
  while (!is_stopping_) {
    auto accepted = co_await listener_.accept();
    if (!accepted) co_return;
    rooms_.start("sandbox session", serve(std::move(*accepted)));
  }
}

boost::asio::awaitable<void> SandboxProvider::serve(net::Stream stream) {
  open_.insert(&stream);
  smtp::ServerDialogue dialogue(dialogue_options());
  if (is_stopping_) dialogue.refuse_connection(stopping_reply());
  net::Security security;
  wire::Event event{wire::Happened::opened};
  for (;;) {
    const wire::Action action = co_await net::converse(stream, dialogue, event, security);
    if (action == wire::Action::finish) break;
    co_await answer(dialogue);
    event.what = wire::Happened::answered;
  }
  open_.erase(&stream);
}

boost::asio::awaitable<bool> SandboxProvider::wait(wire::Duration duration) {
  if (is_stopping_) co_return false;
  if (duration.count() == 0) co_return true;
  const bool was_stopped = co_await stopping_.wait(duration);
  co_return !was_stopped;
}

boost::asio::awaitable<void> SandboxProvider::answer(smtp::ServerDialogue& dialogue) {
  switch (dialogue.question()) {
    case smtp::Question::none:
      break;
    case smtp::Question::login:
      dialogue.answer(login_reply(dialogue.login()));
      break;
    case smtp::Question::sender:
      dialogue.answer(sender_reply(dialogue));
      break;
    case smtp::Question::recipient:
      co_await answer_recipient(dialogue);
      break;
    case smtp::Question::body_begin:
      dialogue.answer({354, "", "End data with <CR><LF>.<CR><LF>"});
      break;
    case smtp::Question::body_chunk:
      if (dialogue.body_report().bytes > max_message) {
        dialogue.discard_body({552, "5.3.4", "Message size exceeds fixed limit"});
      } else {
        dialogue.accept_chunk();  // its bytes are only counted, nothing keeps them
      }
      break;
    case smtp::Question::body_end:
      co_await answer_end(dialogue);
      break;
    case smtp::Question::transaction_dropped:
      dialogue.acknowledge();
      break;
  }
}

boost::asio::awaitable<void> SandboxProvider::answer_recipient(smtp::ServerDialogue& dialogue) {
  const smtp::Envelope& envelope = dialogue.envelope();
  const std::string address = envelope.recipients.back().address;
  if (tried_.size() >= max_tried) tried_.clear();
  const bool is_repeat = !tried_.emplace(envelope.sender, address).second;
  const wire::Duration pause = is_slow(address) ? options_.slow_recipient : wire::Duration{0};
  const bool goes_on = co_await wait(pause);
  const auto reply = recipient_reply(address, envelope.declared_size, is_repeat);
  dialogue.answer(goes_on ? reply : stopping_reply());
}

boost::asio::awaitable<void> SandboxProvider::answer_end(smtp::ServerDialogue& dialogue) {
  const smtp::Envelope envelope = dialogue.envelope();
  const auto& to = envelope.recipients;
  const bool has_slow =
      std::any_of(to.begin(), to.end(), [](const auto& one) { return is_slow(one.address); });
  const wire::Duration pause = has_slow ? options_.slow_end : wire::Duration{0};
  const bool goes_on = co_await wait(pause);
  const std::uint64_t bytes = dialogue.body_report().bytes;
  const auto reply = goes_on ? end_reply(envelope, bytes) : stopping_reply();
  dialogue.answer(reply);
  if (goes_on) keep(envelope, bytes, reply);
}

smtp::Reply SandboxProvider::end_reply(const smtp::Envelope& envelope, std::uint64_t bytes) {
  for (const auto& recipient : envelope.recipients) {
    if (auto refusal = refusal_at_end(recipient.address, bytes)) return *refusal;
  }
  return {250, "2.0.0", "Ok: queued as SANDBOX" + std::to_string(++taken_)};
}

void SandboxProvider::keep(const smtp::Envelope& envelope, std::uint64_t bytes,
                           const smtp::Reply& answer) {
  Received one;
  one.sender = envelope.sender;
  for (const auto& recipient : envelope.recipients) one.recipients.push_back(recipient.address);
  one.bytes = bytes;
  one.at = std::chrono::system_clock::now();
  one.answer = answer;
  if (received_.size() >= options_.max_kept) received_.erase(received_.begin());
  received_.push_back(std::move(one));
  if (on_received_) on_received_(received_.back());
}

}  // namespace todoku::demo
