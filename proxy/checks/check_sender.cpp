// SPDX-License-Identifier: Apache-2.0
// From and Reply-To against the account: many servers refuse another's address, and answers that go
// elsewhere are a surprise.
#include "classifier/mail/ascii.hpp"
#include "proxy/checks/checks.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

bool is_of_account(const Subject& subject, std::string_view address) {
  const auto& senders = subject.facts.account_senders;
  const bool is_named = std::ranges::any_of(
      senders, [address](const std::string& pattern) { return stands_for(pattern, address); });
  return is_named || mail::same_word(address, subject.envelope.sender);
}

Finding finding_of(const char* code, const char* header, const std::string& address,
                   const Subject& subject) {
  Finding finding;
  finding.check = Check::sender;
  finding.code = code;
  finding.place.header = header;
  finding.parameters = {{"address", address}, {"account", subject.envelope.sender}};
  return finding;
}

}  // namespace

void check_sender(const Subject& subject, Findings& found) {
  const auto& reading = subject.reading;
  if (reading.from.empty()) {
    found.push_back(finding_of("from-missing", "From", "", subject));
    return;
  }
  // The null sender is that of automatic mail, and belongs to no account.
  if (subject.envelope.sender.empty()) return;
  for (const auto& from : reading.from) {
    if (is_of_account(subject, from.address)) continue;
    found.push_back(finding_of("from-not-account", "From", from.address, subject));
    break;
  }
  for (const auto& to : reading.reply_to) {
    if (is_of_account(subject, to.address) || subject.is_internal(to.address)) continue;
    found.push_back(finding_of("reply-to-elsewhere", "Reply-To", to.address, subject));
    break;
  }
}

}  // namespace todoku::checks
