// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/path_facts.hpp"

#include "proxy/cli/load_words.hpp"

#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_alignments = 1'000;

delivery::RelayHabits habits_of(const settings::Fallback& fallback) {
  delivery::RelayHabits habits;
  habits.host = fallback.relay.host;
  habits.outgoing = fallback.outgoing;
  return habits;
}

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

rules::Judgement judgement_of(const Classifier& classifier, const delivery::Attempt& attempt,
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
  return classifier.rules().judge(evidence);
}

}  // namespace

ProxyPathFacts::ProxyPathFacts(const settings::Settings& settings, net::Worker& worker,
                               platform::Log& log, std::function<net::Resolver*()> resolver)
    : settings_(settings), worker_(worker), log_(log), resolver_(std::move(resolver)) {}

asio::awaitable<rules::Judgement> ProxyPathFacts::judge(delivery::Attempt attempt,
                                                        smtp::Reply reply, std::string recipient) {
  rules::Judgement judgement;
  std::function<void()> work = [this, &attempt, &reply, &recipient, &judgement] {
    if (!classifier_) classifier_ = std::make_shared<const Classifier>(load_classifier());
    judgement = judgement_of(*classifier_, attempt, reply, recipient);
  };
  co_await worker_.run(work);
  co_return judgement;
}

asio::awaitable<Cause> ProxyPathFacts::cause_of(delivery::Attempt attempt, smtp::Reply reply,
                                                std::string recipient) {
  const auto judgement = co_await judge(std::move(attempt), std::move(reply), std::move(recipient));
  co_return judgement.cause;
}

asio::awaitable<std::string> ProxyPathFacts::size_limit_in(delivery::Attempt attempt) {
  const auto reply = attempt.reply;
  const std::string nobody;
  const auto judgement = co_await judge(std::move(attempt), reply, nobody);
  if (judgement.cause != Cause::message_too_big) co_return std::string();
  co_return judgement.parameters.size_limit;
}

const delivery::AlignmentVerdict* ProxyPathFacts::known(const Whose& whose) {
  const auto found = alignments_.find(whose);
  if (found == alignments_.end()) return nullptr;
  if (std::chrono::steady_clock::now() < found->second.until) return &found->second.verdict;
  alignments_.erase(found);
  return nullptr;
}

// Without an answer of the DNS a relay is allowed: a fault of ours must not stop mail.
asio::awaitable<delivery::AlignmentVerdict> ProxyPathFacts::alignment_of(
    std::size_t fallback, delivery::AlignmentSender sender) {
  const Whose whose{fallback, sender.from_domain, sender.envelope_domain};
  if (const auto* verdict = known(whose)) co_return *verdict;
  delivery::AlignmentVerdict silent;
  silent.reason = delivery::AlignmentReason::dns_silent;
  auto* const dns = resolver_();
  if (dns == nullptr) co_return silent;
  auto habits = habits_of(settings_.fallbacks.at(fallback));
  const auto at = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  delivery::AlignmentCheck check(std::move(habits), std::move(sender), at);
  co_await dns->run(check);
  const auto until = std::chrono::steady_clock::now() + check.lifetime();
  if (alignments_.size() >= most_alignments) alignments_.clear();
  alignments_.insert_or_assign(whose, Known{check.verdict(), until});
  const auto& verdict = check.verdict();
  log_.write(platform::LogLevel::info, "fallback.alignment", "",
             {{"fallback", settings_.fallbacks.at(fallback).name},
              {"domain", std::get<1>(whose)},
              {"result", delivery::to_string(verdict.reason)}});
  co_return verdict;
}

}  // namespace todoku::cli
