// SPDX-License-Identifier: Apache-2.0
// What only the account's history and its domain's records tell.
#include "proxy/checks/checks.hpp"

#include <array>

namespace todoku::checks {
namespace {

void add(Findings& found, Check check, std::string code, Parameters parameters) {
  Finding finding;
  finding.check = check;
  finding.code = std::move(code);
  finding.parameters = std::move(parameters);
  found.push_back(std::move(finding));
}

void check_same(const Subject& subject, Findings& found) {
  if (!subject.facts.same_content) return;
  add(found, Check::same_again, "same-again",
      {{"seconds", std::to_string(subject.facts.same_content->ago.count())}});
}

// Of all limits that are near, the one that is nearest.
void check_rate(const Subject& subject, const RateFacts& rate, Findings& found) {
  struct Count {
    const char* code;
    std::uint64_t sent, most;
  };
  const std::array<Count, 4> counts{
      {{"rate-messages-hour", rate.messages_hour, rate.max_messages_hour},
       {"rate-messages-day", rate.messages_day, rate.max_messages_day},
       {"rate-recipients-hour", rate.recipients_hour, rate.max_recipients_hour},
       {"rate-recipients-day", rate.recipients_day, rate.max_recipients_day}}};
  const Count* nearest = nullptr;
  for (const auto& one : counts) {
    if (one.most == 0 || one.sent * 100 < one.most * subject.settings.rate_percent) continue;
    if (nearest == nullptr || one.sent * nearest->most > nearest->sent * one.most) nearest = &one;
  }
  if (nearest == nullptr) return;
  add(found, Check::rate, nearest->code,
      {{"count", std::to_string(nearest->sent)},
       {"limit", std::to_string(nearest->most)},
       {"who", rate.provider}});
}

void check_rise(const Subject& subject, const RateFacts& rate, Findings& found) {
  const auto& settings = subject.settings;
  const auto usual = std::uint64_t{rate.usual_messages_hour};
  if (usual == 0 || rate.messages_hour < settings.sudden_rise_from ||
      rate.messages_hour < usual * settings.sudden_rise_factor)
    return;
  add(found, Check::sudden_rise, "sudden-rise",
      {{"count", std::to_string(rate.messages_hour)}, {"usual", std::to_string(usual)}});
}

void check_record(const char* name, AuthState state, const std::string& record,
                  const AuthFacts& facts, Findings& found) {
  if (state != AuthState::missing && state != AuthState::broken) return;
  const auto* end = state == AuthState::missing ? "-missing" : "-broken";
  Parameters parameters{{"domain", facts.domain}};
  if (!record.empty()) parameters.emplace_back("record", record);
  add(found, Check::authentication, std::string(name) + end, std::move(parameters));
}

}  // namespace

void check_account(const Subject& subject, Findings& found) {
  check_same(subject, found);
  if (const auto& rate = subject.facts.rate) {
    check_rate(subject, *rate, found);
    check_rise(subject, *rate, found);
  }
  if (const auto& facts = subject.facts.authentication) {
    check_record("spf", facts->spf, facts->spf_record, *facts, found);
    check_record("dkim", facts->dkim, facts->dkim_record, *facts, found);
    check_record("dmarc", facts->dmarc, facts->dmarc_record, *facts, found);
  }
}

}  // namespace todoku::checks
