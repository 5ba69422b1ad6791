// SPDX-License-Identifier: Apache-2.0
#include "proxy/demo/sender.hpp"

#include "proxy/demo/behaviour.hpp"
#include "proxy/net/connect.hpp"
#include "proxy/net/converse.hpp"
#include "proxy/smtp/client_dialogue.hpp"

#include <utility>
#include <variant>

namespace todoku::demo {

namespace {

smtp::ClientOptions dialogue_options(const SenderOptions& options) {
  smtp::ClientOptions out;
  out.hello_name = "[127.0.0.1]";
  out.tls = smtp::TlsMode::none;
  out.may_log_in_without_tls = true;  // 127.0.0.1
  out.limits = {options.limit, options.limit, options.limit, options.limit, options.limit};
  return out;
}

// The session ended before the message had an answer of its own.
void read_failure(const smtp::Failure& failure, Sent& into) {
  if (failure.reply) into.reply = *failure.reply;
  const bool has_answer = into.reply.code >= 400;
  if (!has_answer) {
    into.reply = {};
    into.trouble = std::string("the connection failed at: ") + smtp::to_string(failure.phase);
  }
}

void read_exchange(const smtp::Exchange& exchange, Sent& into) {
  into.reply = exchange.reply;
  // One recipient: its own refusal says more than a later 503 to DATA.
  for (const auto& reply : exchange.recipients) {
    if (reply.code >= 400) into.reply = reply;
  }
  if (into.reply.code == 0) {
    into.trouble = std::string("no answer at: ") + smtp::to_string(exchange.phase);
  }
}

void read_outcome(const smtp::ClientDialogue& dialogue, Sent& into) {
  if (dialogue.exchange()) return read_exchange(*dialogue.exchange(), into);
  if (dialogue.failure()) return read_failure(*dialogue.failure(), into);
  into.trouble = "the connection ended early";
}

// Gives the dialogue its next order, in turn: log in, send, quit. The message has one chunk.
class Orders {
 public:
  Orders(const SenderOptions& options, const smtp::Envelope& envelope, std::string_view message)
      : options_(options), envelope_(envelope), message_(message) {}

  void give_next(smtp::ClientDialogue& dialogue) {
    if (dialogue.wants() == smtp::ClientDialogue::Wants::body) {
      dialogue.give({message_, true});
    } else if (dialogue.failure() || dialogue.exchange()) {
      dialogue.quit();
    } else if (!has_tried_login_ && !options_.credentials.user.empty()) {
      has_tried_login_ = true;
      dialogue.log_in(options_.credentials);
    } else {
      dialogue.begin(envelope_, {message_, true}, false);
    }
  }

 private:
  const SenderOptions& options_;  // these three live in send()
  const smtp::Envelope& envelope_;
  std::string_view message_;
  bool has_tried_login_ = false;
};

boost::asio::awaitable<void> talk(net::Stream& stream, smtp::ClientDialogue& dialogue,
                                  Orders& orders) {
  net::Security security;
  wire::Event event{wire::Happened::opened};
  for (;;) {
    const wire::Action action = co_await net::converse(stream, dialogue, event, security);
    if (action == wire::Action::finish) co_return;
    orders.give_next(dialogue);
    event.what = wire::Happened::answered;
  }
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

}  // namespace

SenderOptions sandbox_sender(std::uint16_t port) {
  SenderOptions options;
  options.port = port;
  options.credentials.user = std::string(sandbox_user);
  options.credentials.password = wire::Secret("sandbox");
  return options;
}

boost::asio::awaitable<Sent> send(boost::asio::any_io_executor executor, SenderOptions options,
                                  smtp::Envelope envelope, std::string message) {
  const auto start = std::chrono::steady_clock::now();
  Sent sent;
  std::string host = "127.0.0.1";
  auto connected = co_await net::connect(executor, std::move(host), options.port, options.limit);
  if (const auto* failure = std::get_if<net::ConnectFailure>(&connected)) {
    sent.trouble = failure->detail;
    co_return sent;
  }
  smtp::ClientDialogue dialogue(dialogue_options(options));
  Orders orders(options, envelope, message);
  co_await talk(std::get<net::Stream>(connected), dialogue, orders);
  read_outcome(dialogue, sent);
  sent.took = since(start);
  co_return sent;
}

}  // namespace todoku::demo
