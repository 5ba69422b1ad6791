// SPDX-License-Identifier: Apache-2.0
// One message: MAIL and RCPT in flights (RFC 2920), the body by BDAT (RFC 3030) or DATA, and what
// the replies mean. Only a 2xx to the final dot or BDAT LAST counts as accepted. A refused message
// is made up for by the RSET before the next one, so that nobody's answer waits for it.
#include "proxy/smtp/client_commands.hpp"
#include "proxy/smtp/client_dialogue_impl.hpp"

#include <algorithm>
#include <utility>

namespace todoku::smtp {

using wire::Step;

namespace {

constexpr const char* reset_command = "RSET\r\n";

}  // namespace

// The commands are written here, since the envelope need not outlive the call.
void ClientDialogue::Impl::begin(const Envelope& envelope, Chunk first, bool careful, bool partly) {
  order_ = Order::begin;
  commands_.clear();
  ends_.clear();
  sent_ = 0;
  careful_ = careful;
  partly_ = partly;
  recipients_left_ = envelope.recipients.size();
  chunking_ = capabilities.chunking && options_.use_chunking;
  pipelining_ = capabilities.pipelining;
  streaming_ = data_sent_ = in_data_mode_ = end_sent_ = refused_ = reset_refused_ = false;
  reset_first_ = remains_ != Remains::nothing;
  due_ = Due{};
  chunk_ = first;
  stuffer_ = DotStuffer{};
  exchange.emplace();
  if (std::optional<EnvelopeProblem> problem = problem_of(envelope, capabilities)) {
    refuse(problem->is_recipient ? Phase::recipient : Phase::sender, std::move(problem->reply));
    if (problem->needs_smtputf8) exchange->trouble = Trouble::smtputf8_missing;
    return;
  }
  append_commands(commands_, ends_, envelope, capabilities);
}

Step ClientDialogue::Impl::start_message() {
  if (refused_) return ask(Wants::order);  // found unfit before anything was sent
  state_ = State::message;
  if (!is_reusable) return break_message(Trouble::closed);
  return advance();
}

// All replies that must come before the next thing to send are here.
bool ClientDialogue::Impl::may_go_on() const {
  return due_.nothing() || (streaming_ && due_.only_blocks() && due_.blocks <= 1);
}

Step ClientDialogue::Impl::go_on() {
  if (writing_) return read_replies();
  if (due_.nothing() && parser_.is_inside()) return break_message(Trouble::malformed_reply);
  return may_go_on() ? advance() : read_replies();
}

Step ClientDialogue::Impl::advance() {
  if (refused_) return after_refusal();
  if (sent_ < ends_.size()) return send_commands();
  if (!chunking_ && !data_sent_) return send_data_command();
  if (is_chunk_ready()) return chunking_ ? send_block() : send_data_chunk();
  return ask(Wants::body);
}

Step ClientDialogue::Impl::after_refusal() {
  if (!due_.nothing()) return read_replies();
  // Without PIPELINING the other recipients' replies are worth asking for: the answer names all.
  if (exchange->phase == Phase::recipient && sent_ < ends_.size()) return send_commands();
  return end_message(in_data_mode_);
}

Step ClientDialogue::Impl::send_commands() {
  if (!pipelining_) return send_one_command();
  std::string_view body;
  due_.reset = std::exchange(reset_first_, false);
  output_ = due_.reset ? reset_command : "";
  output_ += commands_;
  due_.sender = true;
  due_.recipients = ends_.size() - 1;
  sent_ = ends_.size();
  if (chunking_ && may_body_join()) {
    body = chunk_.bytes;
    append_bdat();
  } else if (!chunking_ && !careful_) {
    output_ += "DATA\r\n";
    due_.data = data_sent_ = true;
  }
  trace_out(output_);
  if (!body.empty()) trace_size(body.size());
  return write(options_.limits.block, body);
}

Step ClientDialogue::Impl::send_one_command() {
  if (reset_first_) {
    reset_first_ = false;
    due_.reset = true;
    return command(State::message, reset_command);
  }
  const std::size_t begin = sent_ == 0 ? 0 : ends_[sent_ - 1];
  output_.assign(commands_, begin, ends_[sent_] - begin);
  due_.sender = sent_ == 0;
  due_.recipients = sent_ == 0 ? 0 : 1;
  ++sent_;
  trace_out(output_);
  return write(options_.limits.block);
}

// The end never leaves before the recipients of another message are gone for certain: behind a RSET
// that is refused they would get this one.
bool ClientDialogue::Impl::may_body_join() const {
  if (careful_ || due_.recipients != 1 || !is_chunk_ready()) return false;
  return !chunk_.is_last || remains_ != Remains::recipients;
}

Step ClientDialogue::Impl::send_data_command() {
  due_.data = data_sent_ = true;
  return command(State::message, "DATA\r\n");
}

// Takes the waiting chunk.
void ClientDialogue::Impl::append_bdat() {
  output_.append("BDAT ").append(std::to_string(chunk_.bytes.size()));
  output_.append(chunk_.is_last ? " LAST\r\n" : "\r\n");
  if (chunk_.is_last) {
    due_.last = end_sent_ = true;
  } else {
    ++due_.blocks;
  }
  chunk_ = Chunk{};
}

Step ClientDialogue::Impl::send_block() {
  const std::string_view body = chunk_.bytes;
  streaming_ = pipelining_;
  output_.clear();
  append_bdat();
  trace_out(output_);
  if (!body.empty()) trace_size(body.size());
  return write(options_.limits.block, body);
}

Step ClientDialogue::Impl::send_data_chunk() {
  output_.clear();
  stuffer_.feed(chunk_.bytes, output_);
  trace_size(chunk_.bytes.size());
  if (chunk_.is_last) {
    stuffer_.finish(output_);
    due_.last = end_sent_ = true;
    trace_out(".");
  }
  chunk_ = Chunk{};
  return write(options_.limits.block);
}

Step ClientDialogue::Impl::read_replies() const {
  const ClientLimits& limits = options_.limits;
  // A relay may keep its replies to a flight back until it has worked through all of it (RFC 2920
  // 3.2), and Postfix does: behind the end mark the first reply is as late as the last.
  if (due_.last) return read(limits.final_dot);
  if (due_.reset || due_.sender || due_.recipients > 0) return read(limits.command);
  if (due_.data) return read(limits.data);
  return read(limits.block);
}

std::optional<Step> ClientDialogue::Impl::on_message_reply(Reply reply) {
  if (due_.reset) return on_reset_reply(std::move(reply));
  if (due_.nothing()) return on_unexpected(std::move(reply));
  const Phase phase = message_phase();
  if (phase == Phase::recipient) exchange->recipients.push_back(reply);
  if (reply.code == 421) {  // the relay leaves (RFC 5321 3.8): nothing behind this is answered
    refuse(phase, std::move(reply));
    return end_message(true);
  }
  if (phase == Phase::final_dot) return on_final_reply(std::move(reply));
  if (phase == Phase::sender) due_.sender = false;
  if (phase == Phase::recipient) --due_.recipients;
  if (phase == Phase::data) due_.data = false;
  if (phase == Phase::body) --due_.blocks;
  if (reply.is_temporary() || reply.is_permanent()) {
    const bool others_remain = phase == Phase::recipient && partly_ && --recipients_left_ > 0;
    if (!others_remain) refuse(phase, std::move(reply));
    return {};
  }
  const bool is_fit = phase == Phase::data ? reply.code == 354 : reply.is_positive();
  if (!is_fit) return break_message(Trouble::malformed_reply);
  if (phase == Phase::data) in_data_mode_ = true;
  return {};
}

// A session that cannot even be reset is of no use to this message; that says nothing of the
// message. Where its end has left already, the relay may take it all the same.
std::optional<Step> ClientDialogue::Impl::on_reset_reply(Reply reply) {
  due_.reset = false;
  if (reply.is_positive()) return {};
  if (reply.code == 421) {
    refuse(Phase::sender, std::move(reply));
    return end_message(true);
  }
  reset_refused_ = true;
  if (end_sent_) return {};
  exchange->trouble = Trouble::closed;
  return fail(Phase::sender, Trouble::refused, std::move(reply), due_.nothing());
}

// The relay speaks though it was asked nothing: a refusal in mid-body, or out of step.
std::optional<Step> ClientDialogue::Impl::on_unexpected(Reply reply) {
  if (refused_) return end_message(true);
  if (reply.code == 421 ||
      ((reply.is_temporary() || reply.is_permanent()) && message_phase() == Phase::body)) {
    refuse(message_phase(), std::move(reply));
    return end_message(true);
  }
  return break_message(Trouble::malformed_reply);
}

std::optional<Step> ClientDialogue::Impl::on_final_reply(Reply reply) {
  if (reply.is_intermediate()) return break_message(Trouble::malformed_reply);
  due_.last = false;
  if (!reply.is_positive()) {
    refuse(Phase::final_dot, std::move(reply));
  } else if (!refused_) {
    exchange->result = Exchange::Result::accepted;
    exchange->phase = Phase::final_dot;
    exchange->reply = std::move(reply);
  } else if (reset_refused_) {  // taken, but nobody can say as what
    exchange->result = Exchange::Result::unknown;
  }
  return end_message(writing_ || reset_refused_);
}

// The first refusal decides; what follows in the same flight is its echo. Behind a refused RSET it
// is an echo itself.
void ClientDialogue::Impl::refuse(Phase phase, Reply reply) {
  if (refused_) return;
  refused_ = true;
  exchange->phase = phase;
  if (reset_refused_) {
    exchange->trouble = Trouble::closed;
    return;
  }
  exchange->result = Exchange::Result::refused;
  exchange->trouble = Trouble::refused;
  exchange->reply = std::move(reply);
}

Step ClientDialogue::Impl::end_message(bool closing) {
  if (closing) {
    const bool refused = exchange->result == Exchange::Result::refused;
    return fail(exchange->phase, refused ? Trouble::refused : Trouble::closed, exchange->reply,
                false);
  }
  state_ = State::idle;
  remains_ = what_remains();
  return ask(Wants::order);
}

// The reply to the end of a message ends its transaction (RFC 5321 4.1.1.4).
ClientDialogue::Impl::Remains ClientDialogue::Impl::what_remains() const {
  if (exchange->result == Exchange::Result::accepted) return Remains::nothing;
  const bool is_over = exchange->phase == Phase::final_dot;
  const bool has_recipients = std::ranges::any_of(exchange->recipients, &Reply::is_positive);
  return has_recipients && !is_over ? Remains::recipients : Remains::refusal;
}

Step ClientDialogue::Impl::break_message(Trouble trouble) {
  // Gone before RSET was answered, or with no more than a refusal of it.
  const bool is_stale = due_.reset ? !end_sent_ : reset_refused_ && due_.sender;
  const bool is_open = end_sent_ && !is_stale;
  const Phase phase = is_open ? Phase::final_dot : message_phase();
  if (!refused_) {
    exchange->result = is_open ? Exchange::Result::unknown : Exchange::Result::failed;
    exchange->phase = phase;
    exchange->trouble = is_stale && trouble != Trouble::stopped ? Trouble::closed : trouble;
  }
  return fail(phase, trouble, last_reply_, false);
}

// What the next reply answers; when none is due, what comes next.
Phase ClientDialogue::Impl::message_phase() const {
  if (due_.reset || due_.sender) return Phase::sender;
  if (due_.recipients > 0) return Phase::recipient;
  if (due_.data) return Phase::data;
  if (due_.blocks > 0) return Phase::body;
  if (due_.last) return Phase::final_dot;
  if (sent_ < ends_.size()) return sent_ == 0 ? Phase::sender : Phase::recipient;
  return chunking_ || data_sent_ ? Phase::body : Phase::data;
}

}  // namespace todoku::smtp
