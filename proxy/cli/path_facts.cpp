// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/path_facts.hpp"

#include "proxy/cli/load_words.hpp"
#include "proxy/relay/keeping.hpp"

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

void ProxyPathFacts::on_alignment(
    std::function<void(const delivery::AlignmentRecord&, bool)> tell) {
  tell_ = std::move(tell);
}

void ProxyPathFacts::restore(std::vector<delivery::AlignmentRecord> alignments) {
  for (auto& record : alignments) {
    auto place = std::pair(record.fallback, record.from_domain);
    told_.insert_or_assign(std::move(place), std::move(record));
  }
}

// That the DNS was silent for once is no news.
void ProxyPathFacts::note(const delivery::AlignmentRecord& record) {
  if (record.reason == delivery::to_string(delivery::AlignmentReason::dns_silent)) return;
  const auto place = std::pair(record.fallback, record.from_domain);
  const auto before = told_.find(place);
  if (before == told_.end() && told_.size() >= most_alignments) return;
  if (before != told_.end() && before->second.says_the_same(record)) return;
  const bool is_change =
      before != told_.end() && before->second.is_allowed() != record.is_allowed();
  told_.insert_or_assign(place, record);
  if (tell_) tell_(record, is_change);
}

// Without an answer of the DNS a relay is allowed: a fault of ours must not stop mail.
asio::awaitable<delivery::AlignmentVerdict> ProxyPathFacts::alignment_of(
    std::size_t fallback, delivery::AlignmentSender sender) {
  const Whose whose{fallback, sender.from_domain, sender.envelope_domain,
                    sender.own_key ? sender.own_key->record : ""};
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
  note(delivery::record_of(settings_.fallbacks.at(fallback).name, std::get<1>(whose), verdict,
                           relay::now()));
  log_.write(platform::LogLevel::info, "fallback.alignment", "",
             {{"fallback", settings_.fallbacks.at(fallback).name},
              {"domain", std::get<1>(whose)},
              {"result", delivery::to_string(verdict.reason)}});
  co_return verdict;
}

}  // namespace todoku::cli
