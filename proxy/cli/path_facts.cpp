// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/path_facts.hpp"

#include "proxy/cli/load_words.hpp"

#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

// As bounces name it: the command that the reply answered.
std::string_view command_of(smtp::Phase phase) {
  switch (phase) {
    case smtp::Phase::connect:
    case smtp::Phase::greeting:
      return "CONNECT";
    case smtp::Phase::hello:
    case smtp::Phase::starttls:
      return "EHLO";
    case smtp::Phase::login:
      return "AUTH";
    case smtp::Phase::sender:
      return "MAIL";
    case smtp::Phase::recipient:
      return "RCPT";
    case smtp::Phase::data:
      return "DATA";
    case smtp::Phase::body:
    case smtp::Phase::final_dot:
      return "EOM";
  }
  return {};
}

Cause judge(const Classifier& classifier, const delivery::Attempt& attempt,
            const smtp::Reply& reply, const std::string& recipient) {
  const auto line = smtp::to_line(reply);
  const auto code = std::to_string(reply.code);
  rules::Evidence evidence;
  evidence.diagnostic = line;
  evidence.status = reply.status;
  evidence.reply_code = code;
  evidence.command = command_of(attempt.phase);
  evidence.remote_host = attempt.relay;
  evidence.recipient = recipient;
  return classifier.rules().judge(evidence).cause;
}

}  // namespace

asio::awaitable<Cause> ProxyPathFacts::cause_of(delivery::Attempt attempt, smtp::Reply reply,
                                                std::string recipient) {
  auto cause = Cause::undefined;
  std::function<void()> work = [this, &attempt, &reply, &recipient, &cause] {
    if (!classifier_) classifier_ = std::make_shared<const Classifier>(load_classifier());
    cause = judge(*classifier_, attempt, reply, recipient);
  };
  co_await worker_.run(work);
  co_return cause;
}

asio::awaitable<delivery::AlignmentVerdict> ProxyPathFacts::alignment_of(
    std::size_t, delivery::AlignmentSender) {
  delivery::AlignmentVerdict verdict;
  verdict.reason = delivery::AlignmentReason::dns_silent;
  co_return verdict;
}

}  // namespace todoku::cli
