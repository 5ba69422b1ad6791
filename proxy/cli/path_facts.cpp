// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/path_facts.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/delivery/from_address.hpp"
#include "proxy/relay/keeping.hpp"

#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_alignments = 1'000;
constexpr std::chrono::seconds silence_for{60};  // then the DNS is asked again
constexpr std::size_t most_lessons = 200;

// Of "taro@example.jp" and "@example.jp"; "*" names none.
void add_domain_of(const std::string& sender, std::set<std::string>& domains) {
  const auto domain = delivery::domain_of(sender);
  if (!domain.empty()) domains.insert(mail::lower_copy(domain));
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

void ProxyPathFacts::restore(store::RelayFacts facts) {
  lessons_ = std::move(facts.lessons);
  if (tell_) {
    for (const auto& [place, record] : told_) tell_(record, false);  // while the key was locked
  }
  for (auto& record : facts.alignments) {
    auto place = std::pair(record.fallback, record.from_domain);
    told_.try_emplace(std::move(place), std::move(record));
  }
}

void ProxyPathFacts::network_has_changed() {
  alignments_.clear();
}

void ProxyPathFacts::learn(delivery::RelayLesson lesson) {
  std::erase_if(lessons_, [&lesson](const auto& known) {
    return known.fallback == lesson.fallback && known.from_domain == lesson.from_domain;
  });
  if (lessons_.size() >= most_lessons) lessons_.erase(lessons_.begin());
  lessons_.push_back(std::move(lesson));
  alignments_.clear();  // judged by what was known before
  if (tell_of_lesson_) tell_of_lesson_();
}

std::set<std::string> ProxyPathFacts::sender_domains(const settings::Fallback& fallback) const {
  std::set<std::string> domains;
  for (const auto& account : settings_.accounts) {
    for (const auto& sender : account.senders) add_domain_of(sender, domains);
  }
  for (const auto& sender : fallback.allowed_from) add_domain_of(sender, domains);
  for (const auto& [place, record] : told_) {
    if (place.first == fallback.name) domains.insert(place.second);
  }
  return domains;
}

asio::awaitable<void> ProxyPathFacts::check_all(
    std::function<std::optional<delivery::OwnKey>(std::size_t)> own_key) {
  alignments_.clear();
  for (std::size_t place = 0; place < settings_.fallbacks.size(); ++place) {
    const auto domains = sender_domains(settings_.fallbacks[place]);
    for (const auto& domain : domains) {
      delivery::AlignmentSender sender{domain, domain, own_key(place)};
      co_await alignment_of(place, std::move(sender));
    }
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
  auto habits = delivery::habits_of(settings_.fallbacks.at(fallback), lessons_, sender.from_domain);
  const auto at = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  delivery::AlignmentCheck check(std::move(habits), std::move(sender), at);
  co_await dns->run(check);
  const bool is_silent = check.verdict().reason == delivery::AlignmentReason::dns_silent;
  const auto until =
      std::chrono::steady_clock::now() + (is_silent ? silence_for : check.lifetime());
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
