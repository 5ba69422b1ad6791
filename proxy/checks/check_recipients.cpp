// SPDX-License-Identifier: Apache-2.0
// Who gets it: too many who see each other, somebody new in an old conversation, somebody who must
// not get it, anybody outside.
#include "classifier/mail/ascii.hpp"
#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <set>

namespace todoku::checks {
namespace {

Finding finding_of(Check check, const char* code, const char* header, Parameters parameters) {
  Finding finding;
  finding.check = check;
  finding.code = code;
  finding.place.header = header;
  finding.parameters = std::move(parameters);
  return finding;
}

void check_many(const Subject& subject, Findings& found) {
  std::set<std::string> outside;
  for (const auto* list : {&subject.reading.to, &subject.reading.cc}) {
    for (const auto& one : *list) {
      if (!subject.is_internal(one.address)) outside.insert(mail::lower_copy(one.address));
    }
  }
  if (outside.size() < subject.settings.many_recipients_from) return;
  // People of one company know each other.
  std::set<std::string> domains;
  for (const auto& address : outside) domains.insert(domain_of(address));
  if (domains.size() < 2) return;
  found.push_back(finding_of(Check::many_recipients, "recipients-many", "To",
                             {{"count", std::to_string(outside.size())}}));
}

void check_new(const Subject& subject, Findings& found) {
  if (!subject.reading.is_reply) return;
  std::vector<std::string> fresh;
  for (const auto& address : subject.facts.strangers) {
    if (!subject.is_internal(address)) fresh.push_back(address);
  }
  if (!fresh.empty())
    found.push_back(
        finding_of(Check::new_domain, "domain-new-in-reply", "To", {{"addresses", joined(fresh)}}));
}

void check_external(const Subject& subject, Findings& found) {
  if (subject.settings.external_recipients == settings::CheckLevel::off) return;
  const auto outside = subject.external_recipients();
  if (outside.empty()) return;
  found.push_back(
      finding_of(Check::external_recipients, "recipients-external", "To",
                 {{"addresses", joined(outside)}, {"count", std::to_string(outside.size())}}));
}

// What is known for certain, and what is only near somebody's address, has words of its own.
const char* code_of(const MistypedAddress& one) {
  using addresses::Reason;
  if (one.reason == Reason::no_such_domain) return "address-no-such-domain";
  if (one.reason == Reason::refuses_mail) return "address-refuses-mail";
  if (one.reason == Reason::no_mail_host) return "address-no-mail-host";
  if (one.reason == Reason::near_correspondent) return "address-near-known";
  return one.meant.empty() ? "address-doubtful" : "address-mistyped";
}

}  // namespace

void check_blocked_recipients(const Subject& subject, Findings& found) {
  for (const auto& recipient : subject.envelope.recipients) {
    const bool is_blocked = std::ranges::any_of(
        subject.settings.blocked_addresses,
        [&recipient](const std::string& one) { return stands_for(one, recipient.address); });
    if (is_blocked)
      found.push_back(finding_of(Check::blocked_recipients, "recipient-blocked", "To",
                                 {{"addresses", recipient.address}}));
  }
}

void check_mistyped(const Subject& subject, Findings& found) {
  for (const auto& one : subject.facts.mistyped) {
    Parameters parameters{{"address", one.address}, {"domain", domain_of(one.address)}};
    if (!one.meant.empty()) parameters.emplace_back("meant", one.meant);
    found.push_back(finding_of(Check::mistyped_address, code_of(one), "To", std::move(parameters)));
  }
}

void check_recipients(const Subject& subject, Findings& found) {
  check_mistyped(subject, found);
  check_blocked_recipients(subject, found);
  check_many(subject, found);
  check_new(subject, found);
  check_external(subject, found);
}

}  // namespace todoku::checks
