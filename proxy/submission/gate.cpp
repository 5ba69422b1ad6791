// SPDX-License-Identifier: Apache-2.0
#include "proxy/submission/gate.hpp"

#include "proxy/checks/mistyped.hpp"

#include <algorithm>
#include <utility>

namespace todoku::submission {
namespace {

using checks::ClientHabit;
using checks::Outcome;

delivery::Answer answer_of(checks::Refusal refusal) {
  delivery::Answer answer;
  answer.reply = std::move(refusal.reply);
  for (auto& sentence : refusal.sentences)
    answer.more.push_back({std::move(sentence.key), std::move(sentence.parameters)});
  return answer;
}

std::string codes_of(const checks::Verdict& verdict) {
  constexpr std::size_t most = 20;
  std::string codes;
  for (std::size_t i = 0; i < std::min(verdict.findings.size(), most); ++i)
    codes += (codes.empty() ? "" : " ") + verdict.findings[i].code;
  return codes;
}

}  // namespace

Gate::Gate(const settings::Checks& settings, const checks::Lists& lists,
           std::function<addresses::Checker()> make_checker, KnownClients clients)
    : settings_(settings),
      lists_(lists),
      make_checker_(std::move(make_checker)),
      overrides_(settings),
      clients_(std::move(clients)) {}

checks::Facts Gate::facts_of(const settings::Account& account, const smtp::Envelope& envelope) {
  checks::Facts facts;
  facts.account = account.name;
  facts.account_senders = account.senders;
  facts.upstream = account.upstream.host;
  if (settings_.mistyped_address == settings::CheckLevel::off) return facts;
  if (!checker_) checker_.emplace(make_checker_());
  facts.mistyped = checks::mistyped_among(envelope, *checker_);
  return facts;
}

bool Gate::shows_utf8(const Sender& sender, const smtp::Envelope& envelope) const {
  return clients_.habit_of(sender.account.name, sender.hello, envelope) ==
         ClientHabit::keeps_window;
}

std::optional<delivery::Answer> Gate::refusal(const Sender& sender, const smtp::Envelope& judged,
                                              ClientHabit habit, checks::Time now) {
  auto verdict =
      checks::judge_envelope({settings_, lists_}, judged, facts_of(sender.account, judged));
  overrides_.apply(verdict, sender.account.name, judged, habit, now);
  if (verdict.outcome != Outcome::refuse) return std::nullopt;
  return answer_of(checks::refusal_of(verdict, settings_));
}

std::optional<delivery::Answer> Gate::check_declared_size(const Sender& sender,
                                                          const smtp::Envelope& envelope,
                                                          checks::Time now) {
  if (!envelope.declared_size || settings_.max_message == 0) return std::nullopt;
  const auto habit = clients_.habit_of(sender.account.name, sender.hello, envelope);
  return refusal(sender, envelope, habit, now);
}

std::optional<delivery::Answer> Gate::check_recipient(const Sender& sender,
                                                      const smtp::Envelope& envelope,
                                                      checks::Time now) {
  const bool may_refuse = settings_.mistyped_address == settings::CheckLevel::refuse;
  if (settings_.blocked_addresses.empty() && !may_refuse) return std::nullopt;
  smtp::Envelope one;
  one.sender = envelope.sender;
  one.recipients = {envelope.recipients.back()};
  const auto habit = clients_.habit_of(sender.account.name, sender.hello, envelope);
  return refusal(sender, one, habit, now);
}

Ruling Gate::check_message(const Sender& sender, const smtp::Envelope& envelope,
                           const skeleton::Skeleton& skeleton, std::string_view agent,
                           checks::Time now) {
  const auto& account = sender.account;
  const auto habit = is_thunderbird(agent) ? ClientHabit::keeps_window : ClientHabit::resends;
  clients_.learn(account.name, sender.hello, habit);
  auto verdict =
      checks::judge({settings_, lists_}, skeleton, envelope, facts_of(account, envelope));
  overrides_.apply(verdict, account.name, envelope, habit, now);
  Ruling ruling;
  ruling.outcome = verdict.outcome;
  ruling.codes = codes_of(verdict);
  if (verdict.outcome == Outcome::refuse)
    ruling.answer = answer_of(checks::refusal_of(verdict, settings_));
  return ruling;
}

bool Gate::may_stream(const settings::Account& account, const smtp::Envelope& envelope) {
  const auto verdict =
      checks::judge_envelope({settings_, lists_}, envelope, facts_of(account, envelope));
  return verdict.outcome == Outcome::accept && !checks::may_stop_by_content(settings_);
}

}  // namespace todoku::submission
