// SPDX-License-Identifier: Apache-2.0
// The driver of the server dialogue: events in, steps out. It works off everything buffered before
// it reads again, and collects the replies of pipelined commands into one write (RFC 2920 3.2).
#include "proxy/smtp/server_dialogue.hpp"

#include "proxy/smtp/server_dialogue_impl.hpp"

#include <algorithm>
#include <utility>

namespace todoku::smtp {

namespace {

// A client that sends without reading gets no further than this before we wait for it.
constexpr std::size_t max_commands_per_write = 100;
constexpr std::size_t max_output = 32 * 1024;

}  // namespace

ServerDialogue::Impl::Impl(ServerOptions given_options)
    : options(std::move(given_options)),
      is_secure(options.already_secure),
      reader_(std::max(options.max_command_line, options.max_login_line)) {}

wire::Step ServerDialogue::Impl::next(const wire::Event& event) {
  if (is_writing_) output_.clear();
  const bool was_writing = std::exchange(is_writing_, false);
  switch (event.what) {
    case wire::Happened::opened:
      return open();
    case wire::Happened::received:
      on_received(event.bytes);
      break;
    case wire::Happened::written:
      break;
    case wire::Happened::secured:
      reader_.clear();  // RFC 3207 6: nothing said in clear text may be taken for protected
      clear_session();
      is_secure = true;
      state_ = State::command;
      break;
    case wire::Happened::answered:
      apply_given();
      break;
    case wire::Happened::timed_out:
      if (was_writing)
        finish(ServerEnd::timed_out);
      else
        on_timed_out();
      break;
    case wire::Happened::closed:
      on_closed();
      break;
    case wire::Happened::stopping:
      is_stopping_ = true;
      break;
  }
  return run();
}

wire::Step ServerDialogue::Impl::open() {
  if (connection_refusal.code != 0) {
    say(connection_refusal);
    finish(ServerEnd::refused);
    return run();
  }
  say(220, {}, options.host_name + " ESMTP Todoku");
  must_flush_ = true;
  return run();
}

wire::Step ServerDialogue::Impl::run() {
  for (;;) {
    if (question != Question::none) return make_step(wire::Action::ask, {});
    if (is_finishing_) {
      drop_transaction();
      if (question != Question::none) continue;
      return make_step(wire::Action::finish, options.write_limit);
    }
    if (must_flush_ && !output_.empty()) return make_step(wire::Action::write, options.write_limit);
    must_flush_ = false;
    if (state_ == State::tls) return make_step(wire::Action::secure, options.idle_limit);
    if (is_stopping_ && !in_transaction) {
      say(421, "4.3.2", "The mail service is stopping, please try again in a moment");
      finish(ServerEnd::stopped);
      continue;
    }
    if (work()) continue;
    if (!output_.empty()) return make_step(wire::Action::write, options.write_limit);
    const bool in_body = state_ == State::body;
    return make_step(wire::Action::read, in_body ? options.body_limit : options.idle_limit);
  }
}

bool ServerDialogue::Impl::work() {
  if (state_ == State::body) {
    if (reader_.held() == 0) return false;
    scan(reader_.rest(), true);
    return true;
  }
  const auto line = reader_.next();
  if (!line) return false;
  handle_line(*line);
  if (++commands_since_write_ >= max_commands_per_write || output_.size() > max_output)
    must_flush_ = true;
  return true;
}

wire::Step ServerDialogue::Impl::make_step(wire::Action action, wire::Duration limit) {
  wire::Step step{action, limit, {}, {}};
  if (action == wire::Action::write || action == wire::Action::finish) {
    step.output = output_;
    is_writing_ = action == wire::Action::write;
    must_flush_ = false;
    commands_since_write_ = 0;
  }
  return step;
}

void ServerDialogue::Impl::on_received(std::string_view bytes) {
  // A TLS record of type handshake: no command can begin with this byte (RFC 8446 5.1).
  const bool is_first = !std::exchange(has_received_, has_received_ || !bytes.empty());
  if (is_first && !is_secure && !bytes.empty() && bytes.front() == '\x16') {
    finish(ServerEnd::tls_hello_on_plain_port);
    return;
  }
  if (state_ == State::body && reader_.held() == 0)
    scan(bytes, false);
  else
    reader_.feed(bytes);
}

void ServerDialogue::Impl::on_timed_out() {
  say(421, "4.4.2", "Nothing was heard for too long, closing the connection");
  finish(ServerEnd::timed_out);
}

void ServerDialogue::Impl::on_closed() {
  output_.clear();
  reader_.clear();
  finish(ServerEnd::closed_by_client);
}

void ServerDialogue::Impl::finish(ServerEnd how) {
  if (!is_finishing_) end = how;
  is_finishing_ = true;
}

void ServerDialogue::Impl::say(int code, std::string_view status, std::string_view text) {
  const std::size_t from = output_.size();
  append_wire(output_, Reply{code, std::string(status), std::string(text)});
  if (options.tracer != nullptr) trace_output(from);
}

void ServerDialogue::Impl::say(Reply reply) {
  if (reply.status.empty() && reply.code >= 400)
    reply.status = reply.code < 500 ? "4.0.0" : "5.0.0";
  const std::size_t from = output_.size();
  append_wire(output_, reply);
  if (options.tracer != nullptr) trace_output(from);
}

void ServerDialogue::Impl::trace_output(std::size_t from) {
  std::string_view rest = std::string_view(output_).substr(from);
  while (!rest.empty()) {
    const std::size_t length = rest.find("\r\n");
    options.tracer->line('>', rest.substr(0, length));
    rest.remove_prefix(length + 2);
  }
}

void ServerDialogue::Impl::trace_input(std::string_view text) {
  if (options.tracer != nullptr) options.tracer->line('<', text);
}

ServerDialogue::ServerDialogue(ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

ServerDialogue::~ServerDialogue() = default;

wire::Step ServerDialogue::next(const wire::Event& event) {
  return impl_->next(event);
}

Question ServerDialogue::question() const {
  return impl_->question;
}

const Credentials& ServerDialogue::login() const {
  return impl_->login;
}

const Envelope& ServerDialogue::envelope() const {
  return impl_->envelope;
}

std::string_view ServerDialogue::chunk() const {
  return impl_->chunk;
}

BodyReport ServerDialogue::body_report() const {
  const DataScanner& scanner = impl_->scanner;
  return {scanner.decoded_bytes(), scanner.bare_newlines()};
}

void ServerDialogue::answer(Reply reply) {
  impl_->given = {Impl::Given::Kind::reply, std::move(reply), {}};
}

void ServerDialogue::answer_oauth_failure(std::string json, Reply reply) {
  impl_->given = {Impl::Given::Kind::oauth_failure, std::move(reply), std::move(json)};
}

void ServerDialogue::accept_chunk() {
  impl_->given.kind = Impl::Given::Kind::accepted;
}

void ServerDialogue::discard_body(Reply reply) {
  impl_->given = {Impl::Given::Kind::discard, std::move(reply), {}};
}

void ServerDialogue::acknowledge() {
  impl_->given.kind = Impl::Given::Kind::acknowledged;
}

void ServerDialogue::refuse_connection(Reply reply) {
  impl_->connection_refusal = std::move(reply);
}

void ServerDialogue::set_offered(const Capabilities& offered) {
  impl_->options.offered = offered;
}

bool ServerDialogue::is_logged_in() const {
  return impl_->is_logged_in;
}

bool ServerDialogue::is_secure() const {
  return impl_->is_secure;
}

bool ServerDialogue::is_in_transaction() const {
  return impl_->in_transaction;
}

const std::string& ServerDialogue::client_name() const {
  return impl_->client_name;
}

ServerEnd ServerDialogue::end() const {
  return impl_->end;
}

}  // namespace todoku::smtp
