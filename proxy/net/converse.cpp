// SPDX-License-Identifier: Apache-2.0
// Steps become I/O. A loop, not a recursion: a dialogue may take any number of steps.
#include "proxy/net/converse.hpp"

#include "proxy/net/error.hpp"
#include "proxy/net/tls.hpp"

namespace todoku::net {
namespace asio = boost::asio;
using wire::Action;
using wire::Event;
using wire::Happened;
using wire::Step;

namespace {

constexpr wire::Duration last_words_limit{10'000};  // for a finish step that names none

Event event_of(error_code code) {
  if (code == error::timed_out) return Event{Happened::timed_out};
  if (code == error::interrupted) return Event{Happened::stopping};
  return Event{Happened::closed};
}

asio::awaitable<Event> read(Stream& stream) {
  const Result<std::string_view> got = co_await stream.read();
  if (!got) co_return event_of(got.error());
  co_return Event{Happened::received, *got};
}

asio::awaitable<error_code> secure(Stream& stream, const Security& security) {
  error_code code = error::tls_failed;
  if (security.server != nullptr) {
    code = co_await stream.secure_as_server(*security.server);
  } else if (security.client != nullptr) {
    code = co_await stream.secure_as_client(*security.client, security.host);
  }
  co_return code;
}

}  // namespace

asio::awaitable<Action> converse(Stream& stream, wire::Dialogue& dialogue, Event event,
                                 Security& security) {
  for (;;) {
    const Step step = dialogue.next(event);
    stream.expires_after(step.limit);
    if (step.action == Action::read) {
      event = co_await read(stream);
    } else if (step.action == Action::write) {
      const error_code code = co_await stream.write(step.output, step.more);
      event = Event{Happened::written};
      if (!code) continue;
      event = event_of(code);
      // A server that refuses early says so before it closes: its words are worth more than the
      // broken pipe. If the dialogue still wants to write or read after them, it meets the error.
      const std::string_view said = stream.read_available();
      if (!said.empty()) event = Event{Happened::received, said};
    } else if (step.action == Action::secure) {
      const error_code code = co_await secure(stream, security);
      event = Event{code ? Happened::closed : Happened::secured};
    } else if (step.action == Action::ask) {
      co_return Action::ask;
    } else {
      if (step.limit.count() == 0) stream.expires_after(last_words_limit);
      co_await stream.write(step.output, step.more);
      stream.close();
      co_return Action::finish;
    }
  }
}

}  // namespace todoku::net
