// SPDX-License-Identifier: Apache-2.0
// Events of a session with a relay, handed to the state they belong to; the front class.
#include "proxy/smtp/client_dialogue.hpp"

#include "proxy/smtp/client_dialogue_impl.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace todoku::smtp {

using wire::Action;
using wire::Happened;
using wire::Step;

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::connect:
      return "connect";
    case Phase::greeting:
      return "greeting";
    case Phase::hello:
      return "hello";
    case Phase::starttls:
      return "starttls";
    case Phase::login:
      return "login";
    case Phase::sender:
      return "sender";
    case Phase::recipient:
      return "recipient";
    case Phase::data:
      return "data";
    case Phase::body:
      return "body";
    case Phase::final_dot:
      return "final_dot";
  }
  return "";
}

ClientDialogue::Impl::Impl(ClientOptions options) : options_(std::move(options)) {}

Step ClientDialogue::Impl::next(const wire::Event& event) {
  forget_output();
  if (state_ == State::done) return {Action::finish};
  switch (event.what) {
    case Happened::opened:
      return on_opened();
    case Happened::received:
      return on_received(event.bytes);
    case Happened::written:
      return on_written();
    case Happened::secured:
      return on_secured();
    case Happened::answered:
      return on_answered();
    case Happened::timed_out:
      return on_broken(Trouble::timed_out);
    case Happened::closed:
      return on_broken(state_ == State::securing ? Trouble::tls_failed : Trouble::closed);
    case Happened::stopping:
      return on_stopping();
  }
  return finish();
}

Step ClientDialogue::Impl::on_written() {
  writing_ = false;
  if (state_ == State::message) return go_on();
  return read(options_.limits.command);
}

// The driver may hand over what the peer said before a write failed; then nothing more is sent.
Step ClientDialogue::Impl::on_received(std::string_view input) {
  if (state_ == State::idle) return on_idle_bytes(input);
  if (state_ == State::fresh || state_ == State::securing) {
    return on_broken(Trouble::malformed_reply);
  }
  while (!input.empty()) {
    const ReplyParser::Progress progress = parser_.read(input);
    if (progress == ReplyParser::Progress::malformed) return on_broken(Trouble::malformed_reply);
    if (progress == ReplyParser::Progress::more) break;
    Reply reply = parser_.take();
    trace_in(reply);
    last_reply_ = reply;
    if (state_ != State::message) {
      // Nothing is pipelined here: more bytes were injected before TLS, or are out of step.
      if (!input.empty()) return on_broken(Trouble::malformed_reply);
      return on_session_reply(reply);
    }
    if (const std::optional<Step> ended = on_message_reply(std::move(reply))) {
      if (state_ == State::idle && !input.empty()) note_stray(input);
      return *ended;
    }
  }
  if (state_ == State::message) return go_on();
  return read(state_ == State::greeting ? options_.limits.greeting : options_.limits.command);
}

// A relay has nothing to say now, except that it goes away.
Step ClientDialogue::Impl::on_idle_bytes(std::string_view input) {
  note_stray(input);
  if (failure) return finish();
  return fail(Phase::sender, Trouble::malformed_reply, last_reply_, false);
}

void ClientDialogue::Impl::note_stray(std::string_view input) {
  is_reusable = false;
  parser_.clear();
  if (parser_.read(input) == ReplyParser::Progress::complete) {
    Reply reply = parser_.take();
    trace_in(reply);
    last_reply_ = reply;
    if (reply.code == 421) failure = Failure{Phase::sender, Trouble::refused, std::move(reply)};
  }
  parser_.clear();
}

Step ClientDialogue::Impl::on_answered() {
  const Order order = std::exchange(order_, Order::none);
  if (state_ == State::message) {
    if (order == Order::abandon) return break_message(Trouble::stopped);
    return go_on();
  }
  if (state_ != State::idle) return read(options_.limits.command);
  switch (order) {
    case Order::log_in:
      return start_login();
    case Order::begin:
      return start_message();
    case Order::quit:
      return quit();
    case Order::none:
    case Order::chunk:
    case Order::abandon:
      break;
  }
  return ask(Wants::order);
}

Step ClientDialogue::Impl::on_stopping() {
  if (state_ == State::message) {
    // After the end mark only the answer tells what became of the message.
    if (end_sent_ && !refused_) return read_replies();
    return break_message(Trouble::stopped);
  }
  return fail(phase(), Trouble::stopped, {}, state_ == State::idle);
}

Step ClientDialogue::Impl::on_broken(Trouble trouble) {
  if (state_ == State::message) return break_message(trouble);
  return fail(phase(), trouble, last_reply_, false);
}

Phase ClientDialogue::Impl::phase() const {
  switch (state_) {
    case State::fresh:
      return Phase::connect;
    case State::securing:
      return options_.tls == TlsMode::implicit ? Phase::connect : Phase::starttls;
    case State::greeting:
      return Phase::greeting;
    case State::hello:
    case State::hello_old:
      return Phase::hello;
    case State::starttls:
      return Phase::starttls;
    case State::login:
      return Phase::login;
    case State::message:
      return message_phase();
    case State::idle:
    case State::done:
      break;
  }
  return Phase::sender;
}

Step ClientDialogue::Impl::fail(Phase phase, Trouble trouble, std::optional<Reply> reply,
                                bool say_quit) {
  failure = Failure{phase, trouble, std::move(reply)};
  return say_quit ? quit() : finish();
}

Step ClientDialogue::Impl::quit() {
  Step step = finish();
  output_ = "QUIT\r\n";
  trace_out(output_);
  step.limit = options_.limits.block;
  step.output = output_;
  return step;
}

Step ClientDialogue::Impl::finish() {
  state_ = State::done;
  wants = Wants::order;
  is_reusable = false;
  return {Action::finish};
}

Step ClientDialogue::Impl::ask(Wants what) {
  wants = what;
  return {Action::ask};
}

Step ClientDialogue::Impl::read(wire::Duration limit) const {
  return {Action::read, limit};
}

Step ClientDialogue::Impl::write(wire::Duration limit, std::string_view more) {
  writing_ = true;
  return {Action::write, limit, output_, more};
}

Step ClientDialogue::Impl::command(State state, std::string_view line) {
  state_ = state;
  output_ = line;
  trace_out(output_);
  return write(options_.limits.command);
}

void ClientDialogue::Impl::trace_out(std::string_view commands) const {
  if (options_.tracer == nullptr) return;
  while (!commands.empty()) {
    const std::size_t end = commands.find("\r\n");
    options_.tracer->line('>', commands.substr(0, end));
    if (end == std::string_view::npos) return;
    commands.remove_prefix(end + 2);
  }
}

void ClientDialogue::Impl::trace_in(const Reply& reply) const {
  if (options_.tracer == nullptr) return;
  std::string_view text = reply.text;
  for (bool more = true; more;) {
    const std::size_t end = text.find('\n');
    more = end != std::string_view::npos;
    std::string line = std::to_string(reply.code) + (more ? '-' : ' ');
    if (!reply.status.empty()) line.append(reply.status).append(" ");
    line.append(text.substr(0, end));
    options_.tracer->line('<', line);
    if (more) text.remove_prefix(end + 1);
  }
}

void ClientDialogue::Impl::trace_size(std::size_t bytes) const {
  if (options_.tracer == nullptr) return;
  options_.tracer->line('>', "(" + std::to_string(bytes) + " bytes)");
}

void ClientDialogue::Impl::forget_output() {
  if (!output_is_secret_) return;
  OPENSSL_cleanse(output_.data(), output_.size());
  output_is_secret_ = false;
}

void ClientDialogue::Impl::log_in(const Credentials& credentials) {
  credentials_ = credentials;
  order_ = Order::log_in;
}

void ClientDialogue::Impl::order_quit() {
  order_ = Order::quit;
}

void ClientDialogue::Impl::give(Chunk chunk) {
  chunk_ = chunk;
  order_ = Order::chunk;
}

void ClientDialogue::Impl::abandon() {
  order_ = Order::abandon;
}

ClientDialogue::ClientDialogue(ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
ClientDialogue::~ClientDialogue() = default;

Step ClientDialogue::next(const wire::Event& event) {
  return impl_->next(event);
}
ClientDialogue::Wants ClientDialogue::wants() const {
  return impl_->wants;
}
void ClientDialogue::log_in(const Credentials& credentials) {
  impl_->log_in(credentials);
}
void ClientDialogue::begin(const Envelope& envelope, Chunk first, bool careful, bool partly) {
  impl_->begin(envelope, first, careful, partly);
}
void ClientDialogue::quit() {
  impl_->order_quit();
}
void ClientDialogue::give(Chunk chunk) {
  impl_->give(chunk);
}
void ClientDialogue::abandon() {
  impl_->abandon();
}
const std::optional<Failure>& ClientDialogue::failure() const {
  return impl_->failure;
}
bool ClientDialogue::is_logged_in() const {
  return impl_->is_logged_in;
}
bool ClientDialogue::has_sent_end() const {
  return impl_->has_sent_end();
}

const std::string& ClientDialogue::login_challenge() const {
  return impl_->login.challenge();
}
const std::optional<Exchange>& ClientDialogue::exchange() const {
  return impl_->exchange;
}
bool ClientDialogue::is_reusable() const {
  return impl_->is_reusable;
}
const Capabilities& ClientDialogue::capabilities() const {
  return impl_->capabilities;
}
bool ClientDialogue::is_secure() const {
  return impl_->is_secure;
}

}  // namespace todoku::smtp
