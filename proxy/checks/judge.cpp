// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/judge.hpp"

#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <span>

namespace todoku::checks {
namespace {

using settings::CheckLevel;

struct Step {
  Check check;  // the one that is named when it fails
  void (*look)(const Subject&, Findings&);
};

constexpr std::array<Step, 13> whole_message{{{Check::size_upstream, check_size},
                                              {Check::line_length, check_lines},
                                              {Check::characters, check_characters},
                                              {Check::structure, check_structure},
                                              {Check::sender, check_sender},
                                              {Check::html, check_html},
                                              {Check::forgotten_attachment, check_forgotten},
                                              {Check::risky_attachment, check_files},
                                              {Check::virus, check_scan},
                                              {Check::blocked_recipients, check_recipients},
                                              {Check::company_name, check_company},
                                              {Check::keywords, check_words},
                                              {Check::rate, check_account}}};

constexpr std::array<Step, 3> envelope_only{
    {{Check::size_upstream, check_declared_size},
     {Check::mistyped_address, check_mistyped},
     {Check::blocked_recipients, check_blocked_recipients}}};

Finding failed(Check check) {
  Finding finding;
  finding.check = check;
  finding.code = "check-failed";
  finding.is_advice = true;
  finding.parameters = {{"check", std::string(to_string(check))}};
  return finding;
}

void run(const Step& step, const Subject& subject, Findings& found) {
  const auto before = found.size();
  try {
    step.look(subject, found);
  } catch (const std::exception&) {
    found.resize(before);
    found.push_back(failed(step.check));
  }
}

Verdict judged(std::span<const Step> steps, const Subject& subject) {
  Verdict verdict;
  for (const auto& step : steps) run(step, subject, verdict.findings);
  for (auto& finding : verdict.findings) {
    const auto level = level_of(subject.settings, finding.check);
    finding.level = finding.is_advice ? std::min(level, CheckLevel::note) : level;
  }
  std::erase_if(verdict.findings,
                [](const Finding& finding) { return finding.level == CheckLevel::off; });
  verdict.undo_window = subject.settings.undo_window;
  settle(verdict);
  return verdict;
}

void note_limits(const Subject& subject, Verdict& verdict) {
  if (!subject.skeleton.is_cut || subject.settings.structure == CheckLevel::off) return;
  Finding finding;
  finding.check = Check::structure;
  finding.code = "not-all-checked";
  finding.is_advice = true;
  verdict.findings.push_back(std::move(finding));
}

// Memory that the system refuses, while even a note was written: the message goes.
Verdict nothing_found() noexcept {
  return {};
}

}  // namespace

void settle(Verdict& verdict) {
  std::ranges::stable_sort(verdict.findings, std::ranges::greater{}, &Finding::level);
  const auto gravest = verdict.findings.empty() ? CheckLevel::note : verdict.findings.front().level;
  verdict.outcome = gravest == CheckLevel::refuse ? Outcome::refuse
                    : gravest == CheckLevel::hold ? Outcome::hold
                                                  : Outcome::accept;
}

Verdict judge_envelope(const Desk& desk, const smtp::Envelope& envelope,
                       const Facts& facts) noexcept {
  try {
    const skeleton::Skeleton no_message;
    const Reading nothing_read;
    return judged(envelope_only, {no_message, nothing_read, envelope, facts, desk.settings,
                                  desk.lists, desk.watched});
  } catch (const std::exception&) {
    return nothing_found();
  }
}

Verdict judge(const Desk& desk, const skeleton::Skeleton& skeleton, const smtp::Envelope& envelope,
              const Facts& facts) noexcept {
  try {
    const Reading reading(skeleton, desk.lists);
    const Subject subject{skeleton,      reading,    envelope,    facts,
                          desk.settings, desk.lists, desk.watched};
    auto verdict = judged(whole_message, subject);
    note_limits(subject, verdict);
    return verdict;
  } catch (const std::exception&) {
    return nothing_found();
  }
}

}  // namespace todoku::checks
