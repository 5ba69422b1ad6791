// SPDX-License-Identifier: Apache-2.0
#include "proxy/submission/gate.hpp"

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

Gate::Gate(const settings::Checks& settings, const checks::Lists& lists, KnownClients clients)
    : settings_(settings),
      desk_(settings, lists),
      overrides_(settings),
      clients_(std::move(clients)) {}

bool Gate::shows_utf8(const Sender& sender, const smtp::Envelope& envelope) const {
  return clients_.habit_of(sender.account.name, sender.hello, envelope) ==
         ClientHabit::keeps_window;
}

std::optional<delivery::Answer> Gate::refusal(const Sender& sender, const smtp::Envelope& envelope,
                                              const checks::Facts& facts, checks::Time now) {
  auto verdict = checks::judge_envelope(desk_, envelope, facts);
  const auto habit = clients_.habit_of(sender.account.name, sender.hello, envelope);
  overrides_.apply(verdict, sender.account.name, envelope, habit, now);
  if (verdict.outcome != Outcome::refuse) return std::nullopt;
  return answer_of(checks::refusal_of(verdict, settings_));
}

std::optional<delivery::Answer> Gate::check_declared_size(const Sender& sender,
                                                          const smtp::Envelope& envelope,
                                                          const checks::Facts& facts,
                                                          checks::Time now) {
  if (!envelope.declared_size) return std::nullopt;
  return refusal(sender, envelope, facts, now);
}

bool Gate::asks_at_recipient() const {
  return !settings_.blocked_addresses.empty() ||
         settings_.mistyped_address == settings::CheckLevel::refuse ||
         settings_.size_recipient == settings::CheckLevel::refuse;
}

bool Gate::waits_at_recipient(const Sender& sender, const smtp::Envelope& envelope) const {
  return settings_.mistyped_address == settings::CheckLevel::refuse && shows_utf8(sender, envelope);
}

std::optional<delivery::Answer> Gate::check_recipient(const Sender& sender,
                                                      const smtp::Envelope& envelope,
                                                      const checks::Facts& facts,
                                                      checks::Time now) {
  return refusal(sender, envelope, facts, now);
}

Ruling Gate::check_message(const Sender& sender, const smtp::Envelope& envelope,
                           const skeleton::Skeleton& skeleton, const checks::Facts& facts,
                           std::string_view agent, checks::Time now) {
  const auto habit = is_thunderbird(agent) ? ClientHabit::keeps_window : ClientHabit::resends;
  const auto& account = sender.account.name;
  clients_.learn(account, sender.hello, envelope, habit);
  auto verdict = checks::judge(desk_, skeleton, envelope, facts);
  overrides_.apply(verdict, account, envelope, habit, now);
  Ruling ruling;
  ruling.outcome = verdict.outcome;
  ruling.codes = codes_of(verdict);
  if (verdict.outcome == Outcome::accept) ruling.undo_window = verdict.undo_window;
  if (verdict.outcome == Outcome::refuse)
    ruling.answer = answer_of(checks::refusal_of(verdict, settings_));
  ruling.findings = std::move(verdict.findings);
  return ruling;
}

bool Gate::may_stream(const smtp::Envelope& envelope, const checks::Facts& facts) const {
  if (settings_.undo_window.count() > 0) return false;
  const auto verdict = checks::judge_envelope(desk_, envelope, facts);
  return verdict.outcome == Outcome::accept && !checks::may_stop_by_content(settings_);
}

}  // namespace todoku::submission
