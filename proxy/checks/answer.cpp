// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/answer.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace todoku::checks {
namespace {

using settings::CheckLevel;

constexpr std::size_t most_remembered = 1000;

// One per account, sender, recipients and finding: another message to the same people is refused
// anew only when something else is found in it.
std::size_t override_key(const Finding& finding, std::string_view account,
                         const smtp::Envelope& envelope) {
  std::string key(account);
  key += '\n' + mail::lower_copy(envelope.sender) + '\n' + finding.code;
  // At MAIL nobody knows the recipients yet.
  if (finding.check == Check::size_own) return std::hash<std::string>()(key);
  if (finding.check == Check::blocked_recipients || finding.check == Check::mistyped_address) {
    for (const auto& [name, value] : finding.parameters) key += '\n' + mail::lower_copy(value);
    // The same at RCPT, where not all recipients are known, and at the end.
    return std::hash<std::string>()(key);
  }
  if (finding.check == Check::size_recipient) {  // one finding for all at one provider
    for (const auto& [name, value] : finding.parameters) {
      if (name == "who") key += '\n' + value;
    }
    return std::hash<std::string>()(key);
  }
  std::vector<std::string> recipients;
  for (const auto& one : envelope.recipients) recipients.push_back(mail::lower_copy(one.address));
  std::ranges::sort(recipients);
  for (const auto& recipient : recipients) key += '\n' + recipient;
  return std::hash<std::string>()(key);
}

struct Words {
  Check check;
  int code;
  const char* status;
  const char* english;
};

// What Outlook and Thunderbird show first; ASCII.
constexpr std::array<Words, 11> words{
    {{Check::size_upstream, 552, "5.3.4", "This message is larger than your mail server takes."},
     {Check::size_recipient, 552, "5.3.4",
      "This message is larger than the recipient's provider takes."},
     {Check::size_own, 552, "5.3.4", "This message is larger than your organisation allows."},
     {Check::mistyped_address, 550, "5.1.3", "This recipient's address looks mistyped."},
     {Check::blocked_recipients, 550, "5.7.1",
      "Your settings say that this recipient gets no mail."},
     {Check::virus, 554, "5.7.1", "A virus scanner found something in an attached file."},
     {Check::forgotten_attachment, 554, "5.7.1",
      "The text speaks of an attached file, and there is none."},
     {Check::risky_attachment, 554, "5.7.1", "An attached file is or hides a program."},
     {Check::company_name, 554, "5.7.1", "The name in the text is not that of the recipient."},
     {Check::own_password, 554, "5.7.1", "The text has the password of this account."},
     {Check::sender, 550, "5.7.1", "The sender's address does not belong to this account."}}};

Words words_for(Check check) {
  const auto found = std::ranges::find(words, check, &Words::check);
  if (found != words.end()) return *found;
  return {check, 554, "5.7.1", "A check before sending found something in this message."};
}

std::string minutes(settings::Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::minutes>(duration).count();
  return std::to_string(std::max<std::int64_t>(count, 1));
}

}  // namespace

bool may_be_overridden(const Finding& finding, const settings::Checks& settings) {
  // The server itself would refuse it.
  return settings.may_override && finding.check != Check::size_upstream;
}

void Overrides::apply(Verdict& verdict, std::string_view account, const smtp::Envelope& envelope,
                      ClientHabit habit, Time now) {
  std::erase_if(refused_,
                [&](const auto& one) { return now - one.second > settings_.override_within; });
  for (auto& finding : verdict.findings) {
    if (finding.level != CheckLevel::refuse || !may_be_overridden(finding, settings_)) continue;
    const auto key = override_key(finding, account, envelope);
    if (habit == ClientHabit::resends) {
      finding.level = CheckLevel::hold;
    } else if (refused_.contains(key)) {
      finding.level = CheckLevel::note;
    } else if (refused_.size() < most_remembered) {
      refused_.emplace(key, now);
    }
  }
  settle(verdict);
}

Refusal refusal_of(const Verdict& verdict, const settings::Checks& settings) {
  Refusal refusal;
  const auto& gravest = verdict.findings.front();
  const auto found = words_for(gravest.check);
  refusal.reply = {found.code, found.status, std::string(found.english) + " Nothing was sent."};
  const auto key = "finding." + gravest.code;
  refusal.sentences = {{"checks.stopped", {}},
                       {key + ".saw", gravest.parameters},
                       {key + ".do", gravest.parameters}};
  const bool all_may = std::ranges::all_of(verdict.findings, [&](const Finding& one) {
    return one.level != CheckLevel::refuse || may_be_overridden(one, settings);
  });
  if (!all_may) return refusal;
  const auto within = minutes(settings.override_within);
  refusal.reply.text += " To send it anyway, send it again within " + within + " minutes.";
  refusal.sentences.push_back({"checks.send_anyway", {{"minutes", within}}});
  return refusal;
}

}  // namespace todoku::checks
