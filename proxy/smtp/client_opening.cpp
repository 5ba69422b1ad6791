// SPDX-License-Identifier: Apache-2.0
// From the first byte to EHLO under TLS (RFC 5321 3.1, 3207), and the log-in (RFC 4954).
#include "proxy/smtp/client_dialogue_impl.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace todoku::smtp {

using wire::Action;
using wire::Step;

Step ClientDialogue::Impl::on_opened() {
  if (options_.tls != TlsMode::implicit) {
    state_ = State::greeting;
    return read(options_.limits.greeting);
  }
  state_ = State::securing;
  return {Action::secure, options_.limits.command};
}

// Nothing that was said in the clear may count any longer (RFC 3207 section 4.2).
Step ClientDialogue::Impl::on_secured() {
  if (state_ != State::securing) return on_broken(Trouble::malformed_reply);
  is_secure = true;
  parser_.clear();
  capabilities = Capabilities{};
  last_reply_.reset();
  if (options_.tls == TlsMode::starttls_required) return hello();
  state_ = State::greeting;
  return read(options_.limits.greeting);
}

Step ClientDialogue::Impl::on_session_reply(const Reply& reply) {
  switch (state_) {
    case State::greeting:
      return on_greeting(reply);
    case State::hello:
    case State::hello_old:
      return on_hello(reply);
    case State::starttls:
      return on_starttls(reply);
    case State::login:
      return on_login(reply);
    case State::fresh:
    case State::securing:
    case State::idle:
    case State::message:
    case State::done:
      break;
  }
  return on_broken(Trouble::malformed_reply);
}

Step ClientDialogue::Impl::refused_or_malformed(Phase phase, const Reply& reply) {
  if (reply.is_temporary() || reply.is_permanent()) {
    return fail(phase, Trouble::refused, reply, reply.code != 421);
  }
  return fail(phase, Trouble::malformed_reply, reply, false);
}

Step ClientDialogue::Impl::on_greeting(const Reply& reply) {
  if (reply.code != 220) return refused_or_malformed(Phase::greeting, reply);
  return hello();
}

Step ClientDialogue::Impl::hello() {
  const std::string& name = options_.hello_name;
  const bool is_fit = !name.empty() && std::all_of(name.begin(), name.end(),
                                                   [](char c) { return c > ' ' && c <= '~'; });
  return command(State::hello, "EHLO " + (is_fit ? name : "[127.0.0.1]") + "\r\n");
}

Step ClientDialogue::Impl::on_hello(const Reply& reply) {
  const bool knows_no_ehlo = reply.code == 500 || reply.code == 502;
  if (state_ == State::hello && knows_no_ehlo && options_.tls == TlsMode::none) {
    output_.replace(0, 4, "HELO");
    const std::string line = output_;
    return command(State::hello_old, line);
  }
  if (reply.code != 250) return refused_or_malformed(Phase::hello, reply);
  if (!options_.own_instance.empty() &&
      reply.text.find(options_.own_instance) != std::string::npos) {
    return fail(Phase::hello, Trouble::connected_to_self, reply, true);
  }
  capabilities = Capabilities{};
  // The first line greets; HELO has no other.
  std::size_t end = reply.text.find('\n');
  while (end != std::string::npos) {
    const std::size_t begin = end + 1;
    end = reply.text.find('\n', begin);
    read_keyword(capabilities, std::string_view(reply.text).substr(begin, end - begin));
  }
  if (options_.tls == TlsMode::starttls_required && !is_secure) {
    if (capabilities.starttls) return command(State::starttls, "STARTTLS\r\n");
    return fail(Phase::starttls, Trouble::starttls_missing, reply, true);
  }
  state_ = State::idle;
  is_reusable = true;
  return ask(Wants::order);
}

Step ClientDialogue::Impl::on_starttls(const Reply& reply) {
  if (reply.code != 220) return refused_or_malformed(Phase::starttls, reply);
  state_ = State::securing;
  return {Action::secure, options_.limits.command};
}

Step ClientDialogue::Impl::start_login() {
  const bool is_allowed = is_secure || options_.may_log_in_without_tls;
  const std::optional<Mechanism> mechanism = choose_mechanism(credentials_, capabilities);
  if (!is_allowed || !mechanism) {
    credentials_ = Credentials{};
    return fail(Phase::login, Trouble::login_unavailable, {}, true);
  }
  login = ClientLogin(credentials_, *mechanism);
  credentials_ = Credentials{};
  state_ = State::login;
  const std::string shown = std::string("AUTH ") + to_string(*mechanism);
  return send_secret(login.first_line(), *mechanism == Mechanism::login ? shown : shown + " ****");
}

Step ClientDialogue::Impl::on_login(const Reply& reply) {
  if (reply.code == 334) {
    // The status is split off replies of class 2, 4 and 5 only, so the text is the challenge.
    return send_secret(login.answer(reply.text), "****");
  }
  if (reply.code != 235) return refused_or_malformed(Phase::login, reply);
  is_logged_in = true;
  login = ClientLogin{};
  state_ = State::idle;
  return ask(Wants::order);
}

Step ClientDialogue::Impl::send_secret(std::string line, std::string_view shown) {
  output_ = line;
  output_is_secret_ = true;
  OPENSSL_cleanse(line.data(), line.size());
  trace_out(shown);
  return write(options_.limits.command);
}

}  // namespace todoku::smtp
