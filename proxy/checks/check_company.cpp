// SPDX-License-Identifier: Apache-2.0
// "株式会社青空 山田様" in a letter to another company: the wrong one was picked from the list.
// Found only where something speaks against the greeting: a company whose domain is known, or the
// names in To and Cc.
#include "proxy/checks/checks.hpp"
#include "proxy/checks/greeting.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

std::vector<KnownCompany> known_companies(const Subject& subject) {
  auto known = subject.facts.companies;
  for (const auto& text : subject.settings.companies) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos) continue;
    known.push_back(
        {without_blanks(text.substr(0, equals)), without_blanks(text.substr(equals + 1))});
  }
  return known;
}

Finding finding_of(const Subject& subject, const char* code, Parameters parameters) {
  Finding finding;
  finding.check = Check::company_name;
  finding.code = code;
  finding.parameters = std::move(parameters);
  std::vector<std::string> addresses;
  for (const auto& one : subject.envelope.recipients) addresses.push_back(one.address);
  finding.parameters.emplace_back("addresses", joined(addresses, 3));
  const bool is_plain = subject.reading.text_part != skeleton::Part::no_parent;
  finding.place.part = is_plain ? subject.reading.text_part : subject.reading.html_part;
  return finding;
}

bool gets_it(const Subject& subject, const std::string& domain) {
  return std::ranges::any_of(subject.envelope.recipients, [&domain](const auto& one) {
    return is_within(domain_of(one.address), {domain});
  });
}

bool check_company_domains(const Subject& subject, const Greeting& greeting, Findings& found) {
  for (const auto& company : greeting.companies) {
    bool is_known = false, is_right = false;
    std::string domain;
    for (const auto& one : known_companies(subject)) {
      if (one.name != company) continue;
      is_known = true;
      is_right = is_right || gets_it(subject, one.domain);
      domain = one.domain;
    }
    if (!is_known || is_right) continue;
    found.push_back(
        finding_of(subject, "company-other-domain", {{"company", company}, {"domain", domain}}));
    return true;
  }
  return false;
}

std::vector<std::string> shown_names(const Subject& subject) {
  std::vector<std::string> names;
  for (const auto* list : {&subject.reading.to, &subject.reading.cc}) {
    for (const auto& one : *list) names.push_back(one.name);
  }
  return names;
}

bool check_company_names(const Subject& subject, const Greeting& greeting, Findings& found) {
  std::string shown;
  for (const auto& name : shown_names(subject)) {
    const auto company = company_in(name, subject.lists);
    if (company.empty()) return false;  // somebody whose company is not shown
    shown += company + "\n";
  }
  for (const auto& company : greeting.companies) {
    if (shown.empty() || share_a_character(company, shown) ||
        shown.find(company) != std::string::npos)
      continue;
    found.push_back(finding_of(subject, "company-other-name", {{"company", company}}));
    return true;
  }
  return false;
}

// A name of which not one character stands in any name of To and Cc. Names in Latin letters may be
// anybody's, so all must be Japanese.
void check_people(const Subject& subject, const Greeting& greeting, Findings& found) {
  std::string shown;
  for (const auto& name : shown_names(subject)) {
    const bool is_japanese =
        std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0xe3; });
    if (!is_japanese) return;
    shown += name;
  }
  if (shown.empty()) return;
  for (const auto& person : greeting.people) {
    const bool is_japanese = static_cast<unsigned char>(person.front()) >= 0xe4;  // kanji
    if (!is_japanese || share_a_character(person, shown)) continue;
    found.push_back(finding_of(subject, "person-other-name", {{"person", person}}));
    return;
  }
}

}  // namespace

void check_company(const Subject& subject, Findings& found) {
  if (subject.external_recipients().empty()) return;
  const auto greeting = greeting_of(subject.reading.own_text, subject.lists);
  if (check_company_domains(subject, greeting, found)) return;
  if (check_company_names(subject, greeting, found)) return;
  check_people(subject, greeting, found);
}

}  // namespace todoku::checks
