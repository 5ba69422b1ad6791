// SPDX-License-Identifier: Apache-2.0
// Commands of the server dialogue outside log-in and body: what each may do in which order
// (RFC 5321 4.1.4), and the limits against clients that only make noise.
#include "proxy/smtp/server_dialogue_impl.hpp"

#include <utility>

namespace todoku::smtp {

void ServerDialogue::Impl::handle_line(const wire::LineReader::Line& line) {
  if (state_ == State::login) {
    trace_input("****");
    if (line.too_long)
      refuse_login(Reply{500, "5.5.6", "This log-in line is too long"});
    else
      follow(exchange_.respond(line.text));
    return;
  }
  if (state_ == State::oauth_failure) {
    trace_input("****");
    refuse_login(std::exchange(pending_refusal_, {}));
    return;
  }
  const Command command = parse_command(line.text);
  if (options.tracer != nullptr) trace_command(command, line.text);
  const bool may_be_long = command.verb == Verb::auth;
  if (line.too_long || (!may_be_long && line.text.size() > options.max_command_line))
    fail(500, "5.5.2", "This line is too long");
  else
    handle_command(command);
}

void ServerDialogue::Impl::trace_command(const Command& command, std::string_view line) {
  if (command.verb == Verb::unknown || command.verb == Verb::http) {
    trace_input("(no known command, " + std::to_string(line.size()) + " octets)");
  } else if (command.verb == Verb::auth) {
    const auto mechanism = mechanism_of(command.argument.substr(0, command.argument.find(' ')));
    trace_input(mechanism ? std::string("AUTH ") + to_string(*mechanism) + " ****" : "AUTH ****");
  } else {
    trace_input(cleaned(line));
  }
}

void ServerDialogue::Impl::handle_command(const Command& command) {
  switch (command.verb) {
    case Verb::ehlo:
      return hello(command, true);
    case Verb::helo:
      return hello(command, false);
    case Verb::mail:
      return mail(command.argument);
    case Verb::rcpt:
      return recipient(command.argument);
    case Verb::data:
      return data(command.argument);
    case Verb::rset:
      return reset();
    case Verb::quit:
      return quit();
    case Verb::auth:
      return authenticate(command.argument);
    case Verb::starttls:
      return start_tls(command.argument);
    case Verb::noop:
      return idle_command(250, "2.0.0", "OK");
    case Verb::vrfy:
      return idle_command(252, "2.5.0", "Cannot verify, but will take mail and try to deliver it");
    case Verb::help:
      return idle_command(214, "2.0.0", "Todoku takes mail from your mail program and hands it on");
    case Verb::not_offered:
      return fail(502, "5.5.1", "This command is not offered");
    case Verb::http:
      return finish(ServerEnd::http_verb);
    case Verb::unknown:
      return fail(500, "5.5.2", "This command is not known");
  }
}

// RFC 5321 4.1.4: EHLO also resets. Any name is accepted, many clients do not know their own.
void ServerDialogue::Impl::hello(const Command& command, bool is_extended) {
  if (command.argument.empty()) return fail(501, "5.5.4", "Give your host name");
  client_name = cleaned(command.argument, 255);
  has_greeted_ = true;
  is_extended_ = is_extended;
  errors_in_a_row_ = 0;
  told_ = is_extended ? options.offered : Capabilities{};
  if (is_extended)
    say(250, {}, keywords());
  else
    say(250, {}, options.host_name);
  count_idle();
  drop_transaction();
}

std::string ServerDialogue::Impl::keywords() const {
  const Capabilities& offered = options.offered;
  std::string text;
  text.reserve(256);
  text.append(options.host_name).append(" Todoku ").append(options.instance);
  if (text.ends_with(' ')) text.pop_back();
  if (offered.has_size) {
    text += "\nSIZE";
    if (offered.max_size) text += ' ' + std::to_string(*offered.max_size);
  }
  if (offered.eight_bit_mime) text += "\n8BITMIME";
  if (offered.smtputf8) text += "\nSMTPUTF8";
  if (offered.dsn) text += "\nDSN";
  text += "\nPIPELINING\nENHANCEDSTATUSCODES";
  if (may_log_in()) {
    text += "\nAUTH";
    for (const Mechanism mechanism :
         {Mechanism::plain, Mechanism::login, Mechanism::xoauth2, Mechanism::oauthbearer})
      if (offers(mechanism)) text.append(1, ' ').append(to_string(mechanism));
  }
  if (options.starttls_available && !is_secure) text += "\nSTARTTLS";
  return text;
}

void ServerDialogue::Impl::mail(std::string_view argument) {
  if (!has_greeted_) return fail(503, "5.5.1", "Say EHLO first");
  if (in_transaction) return fail(503, "5.5.1", "A message is open already, send RSET to leave it");
  envelope = {};
  if (const auto refused = read_mail(argument, told_, envelope)) {
    envelope = {};
    return fail(refused->code, refused->status, refused->text);
  }
  const auto limit = options.offered.max_size.value_or(0);
  if (limit != 0 && envelope.declared_size.value_or(0) > limit) {
    envelope = {};
    say(552, "5.3.4",
        "The message is too large, the limit is " + std::to_string(limit) +
            " bytes; send it with smaller attachments");
    return;
  }
  question = Question::sender;
}

void ServerDialogue::Impl::recipient(std::string_view argument) {
  if (!in_transaction) return fail(503, "5.5.1", "Send MAIL first");
  Recipient read;
  if (const auto refused = read_rcpt(argument, told_, envelope.smtputf8, read)) {
    ++recipients_tried_;
    return fail(refused->code, refused->status, refused->text);
  }
  if (envelope.recipients.size() >= options.max_recipients) {
    say(452, "4.5.3", "Too many recipients in one message, send the rest in another");
    return;
  }
  ++recipients_tried_;
  envelope.recipients.push_back(std::move(read));
  question = Question::recipient;
}

void ServerDialogue::Impl::data(std::string_view argument) {
  if (!argument.empty()) return fail(501, "5.5.4", "DATA takes no argument");
  if (!in_transaction) return fail(503, "5.5.1", "Send MAIL first");
  if (envelope.recipients.empty()) {
    if (recipients_tried_ == 0) return fail(503, "5.5.1", "Send RCPT first");
    say(554, "5.5.1", "No recipient was accepted");
    return;
  }
  question = Question::body_begin;
}

void ServerDialogue::Impl::reset() {
  idle_command(250, "2.0.0", "OK");
  drop_transaction();
}

void ServerDialogue::Impl::quit() {
  say(221, "2.0.0", "Goodbye");
  finish(ServerEnd::quit);
}

void ServerDialogue::Impl::start_tls(std::string_view argument) {
  if (!options.starttls_available) return fail(502, "5.5.1", "STARTTLS is not offered");
  if (is_secure) return fail(503, "5.5.1", "TLS is in use already");
  if (!argument.empty()) return fail(501, "5.5.4", "STARTTLS takes no argument");
  say(220, "2.0.0", "Ready to start TLS");
  reader_.clear();
  state_ = State::tls;
  must_flush_ = true;
  drop_transaction();
}

void ServerDialogue::Impl::idle_command(int code, std::string_view status, std::string_view text) {
  errors_in_a_row_ = 0;
  say(code, status, text);
  count_idle();
}

void ServerDialogue::Impl::count_idle() {
  if (++idle_commands_ < options.max_idle_commands) return;
  say(421, "4.7.0", "Too many commands without a message, closing the connection");
  finish(ServerEnd::too_many_errors);
}

void ServerDialogue::Impl::fail(int code, std::string_view status, std::string_view text) {
  say(code, status, text);
  if (++errors_in_a_row_ < options.max_errors) return;
  say(421, "4.7.0", "Too many errors, closing the connection");
  finish(ServerEnd::too_many_errors);
}

// Tells the room, unless it knows, and clears; the reply to the command is in the output already.
void ServerDialogue::Impl::drop_transaction() {
  if (in_transaction && !room_has_dropped_)
    question = Question::transaction_dropped;
  else
    clear_transaction();
}

void ServerDialogue::Impl::clear_transaction() {
  in_transaction = false;
  is_discarding_ = false;
  room_has_dropped_ = false;
  recipients_tried_ = 0;
  envelope = {};
  chunk.clear();
}

void ServerDialogue::Impl::clear_session() {
  clear_transaction();
  has_greeted_ = false;
  is_extended_ = false;
  is_logged_in = false;
  login = {};
  client_name.clear();
  told_ = {};
}

}  // namespace todoku::smtp
