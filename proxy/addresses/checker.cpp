// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/checker.hpp"

#include "proxy/addresses/at_sign.hpp"
#include "proxy/addresses/clean.hpp"
#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/local_part.hpp"
#include "proxy/addresses/unicode.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

// A mail address has 254 octets at most (RFC 5321 section 4.5.3.1.3); what is far longer is not
// looked into.
constexpr std::size_t longest_looked_at = 1000;

Finding invalid(Reason reason) {
  return {Verdict::invalid, {}, {}, reason, Sureness::certain};
}

Finding typo(std::string suggestion, Reason reason, Sureness sureness) {
  return {Verdict::typo, std::move(suggestion), {}, reason, sureness};
}

// "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 section 4.1.3).
bool is_address_literal(std::string_view domain) {
  return domain.size() > 2 && domain.starts_with('[') && domain.ends_with(']') &&
         domain.find_first_not_of("0123456789abcdefABCDEFIPVipv:.", 1) == domain.size() - 1;
}

Reason reason_of(Dns dns) {
  switch (dns) {
    case Dns::no_such_name:
      return Reason::no_such_domain;
    case Dns::null_mx:
      return Reason::refuses_mail;
    case Dns::no_mail_host:
      return Reason::no_mail_host;
    case Dns::unknown:
    case Dns::exists:
      return Reason::none;
  }
  return Reason::none;
}

std::string_view domain_part(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

}  // namespace

const DomainFinding* DomainMemory::find(std::string_view domain) const {
  const auto found = findings_.find(domain);
  return found == findings_.end() ? nullptr : &found->second;
}

void DomainMemory::keep(std::string_view domain, const DomainFinding& finding) {
  constexpr std::size_t most = 20'000;
  if (findings_.size() >= most) findings_.clear();
  findings_.emplace(domain, finding);
}

DomainFinding Checker::judge_domain(std::string_view domain, DomainMemory* memory) const {
  const auto lower = lower_ascii(domain);
  if (memory != nullptr)
    if (const auto* before = memory->find(lower)) return *before;
  const bool has_letters = !is_ascii(lower) || lower.find("xn--") != std::string::npos;
  auto finding = has_letters ? judge_.judge_letters(lower) : judge_.judge(lower);
  if (memory != nullptr) memory->keep(lower, finding);
  return finding;
}

Finding Checker::check_text(std::string_view address, DomainMemory* memory) const {
  if (address.size() > longest_looked_at) return invalid(Reason::bad_before_at);
  const auto cleaned = clean(address);
  const auto found = split_at(cleaned.text, judge_.targets());
  if (found.is_invalid) return invalid(found.reason);
  if (found.local.empty()) return invalid(Reason::nothing_before_at);
  if (found.domain.empty()) return invalid(Reason::nothing_after_at);
  if (!is_local_part(found.local)) return invalid(Reason::bad_before_at);
  auto reason = cleaned.changed != Reason::none ? cleaned.changed : found.reason;
  if (is_address_literal(found.domain)) {
    if (reason == Reason::none) return {};
    return typo(found.local + "@" + found.domain, reason, Sureness::certain);
  }
  const auto domain = judge_domain(found.domain, memory);
  if (domain.verdict == Verdict::invalid) return invalid(domain.reason);
  const auto local = with_dots_mended(found.local, domain.dots);
  const bool is_mended = local != found.local;
  if (domain.verdict == Verdict::typo) {
    auto finding = typo({}, domain.reason, domain.sureness);
    if (!domain.suggestion.empty()) finding.suggestion = local + "@" + domain.suggestion;
    if (!domain.second.empty()) finding.second = local + "@" + domain.second;
    return finding;
  }
  if (reason == Reason::none && !is_mended) return {};
  if (reason == Reason::none) reason = Reason::dots_before_at;
  return typo(local + "@" + found.domain, reason, Sureness::certain);
}

// History is the best evidence there is, DNS the next; both only add to what the text says.
void Checker::weigh_facts(Finding& finding, std::string_view address, const Facts& facts) const {
  const bool is_correspondent = !facts.near_correspondent.empty();
  if (is_correspondent && (!is_flagged(finding) || finding.reason == Reason::near_name)) {
    finding = typo(facts.near_correspondent, Reason::near_correspondent, Sureness::likely);
  } else if (facts.was_domain_written_to && finding.sureness == Sureness::likely) {
    finding = {};
  }
  const auto reason = reason_of(facts.dns);
  if (reason == Reason::none) return;
  finding.sureness = Sureness::certain;
  if (is_flagged(finding)) return;
  const auto domain = domain_part(address);
  finding.verdict = Verdict::invalid;
  finding.reason = reason;
  const auto nearest = judge_.nearest(lower_ascii(domain));
  if (nearest.empty() || facts.dns != Dns::no_such_name) return;
  finding.verdict = Verdict::typo;
  finding.suggestion = std::string(address.substr(0, address.size() - domain.size())) + nearest;
}

Finding Checker::check(std::string_view address, const Facts& facts, DomainMemory* memory) const {
  if (facts.was_written_to) return {};
  auto finding = check_text(address, memory);
  weigh_facts(finding, address, facts);
  return finding;
}

bool Checker::knows(std::string_view domain) const {
  return judge_.targets().find_or_above(domain) != nullptr;
}

}  // namespace todoku::addresses
