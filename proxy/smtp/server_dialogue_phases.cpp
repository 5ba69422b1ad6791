// SPDX-License-Identifier: Apache-2.0
// Log-in (RFC 4954) and body of the server dialogue, and what the room's answers lead to.
#include "proxy/smtp/server_dialogue_impl.hpp"

#include <algorithm>
#include <utility>

namespace todoku::smtp {

namespace {

bool uses_token(Mechanism mechanism) {
  return mechanism == Mechanism::xoauth2 || mechanism == Mechanism::oauthbearer;
}

}  // namespace

bool ServerDialogue::Impl::may_log_in() const {
  return options.offered.offers_login && (is_secure || !options.login_needs_tls);
}

// PLAIN and LOGIN always; tokens only where every upstream takes them.
bool ServerDialogue::Impl::offers(Mechanism mechanism) const {
  if (mechanism == Mechanism::plain || mechanism == Mechanism::login) return true;
  const auto& offered = options.offered.mechanisms;
  return std::find(offered.begin(), offered.end(), mechanism) != offered.end();
}

void ServerDialogue::Impl::authenticate(std::string_view argument) {
  if (!is_extended_) return fail(503, "5.5.1", "Say EHLO first");
  if (is_logged_in) return fail(503, "5.5.1", "You are logged in already");
  if (in_transaction) return fail(503, "5.5.1", "Log in before MAIL");
  if (!options.offered.offers_login) return fail(502, "5.5.1", "No log-in is offered here");
  if (!may_log_in()) return fail(538, "5.7.11", "Use STARTTLS before logging in");
  const std::size_t space = argument.find(' ');
  const auto mechanism = mechanism_of(argument.substr(0, space));
  if (argument.empty()) return fail(501, "5.5.4", "Name a log-in mechanism");
  if (!mechanism || !offers(*mechanism))
    return fail(504, "5.5.4", "This log-in mechanism is not offered");
  std::optional<std::string_view> initial;
  if (space != std::string_view::npos) {
    initial = argument.substr(space + 1);
    while (initial->starts_with(' ')) initial->remove_prefix(1);
  }
  follow(exchange_.begin(*mechanism, initial));
}

void ServerDialogue::Impl::follow(LoginExchange::Outcome outcome) {
  switch (outcome) {
    case LoginExchange::Outcome::challenge:
      state_ = State::login;
      say(334, {}, exchange_.challenge());
      break;
    case LoginExchange::Outcome::complete:
      state_ = State::command;
      login = std::exchange(exchange_.credentials(), {});
      question = Question::login;
      break;
    case LoginExchange::Outcome::refused:
      refuse_login(exchange_.refusal());
      break;
  }
}

void ServerDialogue::Impl::refuse_login(Reply reply) {
  state_ = State::command;
  exchange_ = {};
  login = {};
  const int code = reply.code;
  say(std::move(reply));
  if (code == 421) return finish(ServerEnd::refused);
  if (++failed_logins_ < options.max_logins) return;
  say(421, "4.7.0", "Too many failed log-ins, closing the connection");
  finish(ServerEnd::too_many_errors);
}

void ServerDialogue::Impl::apply_given() {
  const Question asked = std::exchange(question, Question::none);
  Given answer = std::exchange(given, {});
  // A room that forgot to answer must not look like success.
  if (answer.kind == Given::Kind::nothing || answer.reply.code == 0)
    answer.reply = Reply{451, "4.3.0", "A temporary problem here, please try again"};
  switch (asked) {
    case Question::none:
      break;
    case Question::login:
      if (answer.kind == Given::Kind::oauth_failure && uses_token(login.mechanism)) {
        say(334, {}, encode_base64(answer.json));
        pending_refusal_ = std::move(answer.reply);
        state_ = State::oauth_failure;
      } else {
        apply_login(std::move(answer.reply));
      }
      break;
    case Question::sender:
      apply_sender(std::move(answer.reply));
      break;
    case Question::recipient:
      apply_recipient(std::move(answer.reply));
      break;
    case Question::body_begin:
      apply_body_begin(std::move(answer.reply));
      break;
    case Question::body_chunk:
      if (answer.kind != Given::Kind::accepted) {
        is_discarding_ = true;
        room_has_dropped_ = true;
        discard_reply_ = std::move(answer.reply);
      }
      after_scan();
      break;
    case Question::body_end:
      end_message(std::move(answer.reply));
      break;
    case Question::transaction_dropped:
      room_has_dropped_ = true;
      // A body that became too large is still arriving: its end must be waited for.
      if (state_ == State::body && !is_finishing_)
        after_scan();
      else
        clear_transaction();
      break;
  }
}

void ServerDialogue::Impl::apply_login(Reply reply) {
  if (!reply.is_positive()) return refuse_login(std::move(reply));
  is_logged_in = true;
  errors_in_a_row_ = 0;
  say(std::move(reply));
}

void ServerDialogue::Impl::apply_sender(Reply reply) {
  if (reply.is_positive()) {
    in_transaction = true;
    errors_in_a_row_ = 0;
  } else {
    clear_transaction();
  }
  close_after_421(reply);
  say(std::move(reply));
}

void ServerDialogue::Impl::apply_recipient(Reply reply) {
  if (reply.is_positive())
    errors_in_a_row_ = 0;
  else if (!envelope.recipients.empty())
    envelope.recipients.pop_back();
  close_after_421(reply);
  say(std::move(reply));
}

void ServerDialogue::Impl::apply_body_begin(Reply reply) {
  if (reply.code == 354) {
    scanner = {};
    chunk.clear();
    state_ = State::body;
    must_flush_ = true;
    reply.status.clear();
  }
  close_after_421(reply);
  say(std::move(reply));
}

void ServerDialogue::Impl::close_after_421(const Reply& reply) {
  if (reply.code == 421) finish(ServerEnd::refused);
}

void ServerDialogue::Impl::scan(std::string_view input, bool is_from_reader) {
  const std::size_t consumed = scanner.feed(input, chunk);
  if (is_from_reader)
    reader_.consume(consumed);
  else
    reader_.feed(input.substr(consumed));
  const auto limit = options.offered.max_size.value_or(0);
  if (limit != 0 && scanner.decoded_bytes() > limit && !is_discarding_) {
    is_discarding_ = true;
    discard_reply_ = Reply{552, "5.3.4",
                           "The message is too large, the limit is " + std::to_string(limit) +
                               " bytes; send it with smaller attachments"};
    question = Question::transaction_dropped;
    return;
  }
  if (!is_discarding_ && !chunk.empty())
    question = Question::body_chunk;
  else
    after_scan();
}

void ServerDialogue::Impl::after_scan() {
  chunk.clear();
  if (!scanner.is_done()) return;
  if (options.tracer != nullptr)
    trace_input("(message of " + std::to_string(scanner.decoded_bytes()) + " bytes)");
  if (is_discarding_)
    end_message(std::exchange(discard_reply_, {}));
  else
    question = Question::body_end;
}

void ServerDialogue::Impl::end_message(Reply verdict) {
  state_ = State::command;
  errors_in_a_row_ = 0;
  idle_commands_ = 0;
  clear_transaction();
  close_after_421(verdict);
  say(std::move(verdict));
}

}  // namespace todoku::smtp
