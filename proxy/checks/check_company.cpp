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

bool check_company_domains(const Subject& subject, const Greeting& greeting,
                           const std::vector<KnownCompany>& known, Findings& found) {
  for (const auto& company : greeting.companies) {
    bool is_known = false, is_right = false;
    std::string domain;
    for (const auto& one : known) {
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

std::vector<std::string_view> shown_names(const Subject& subject) {
  std::vector<std::string_view> names;
  for (const auto* list : {&subject.reading.to, &subject.reading.cc}) {
    for (const auto& one : *list) names.push_back(one.name);
  }
  return names;
}

// The companies in To and Cc; empty when there is somebody whose company is not shown.
std::string shown_companies(const Subject& subject) {
  std::string shown;
  for (const auto name : shown_names(subject)) {
    const auto company = company_in(name, subject.lists);
    if (company.empty()) return {};
    shown += company + "\n";
  }
  return shown;
}

bool check_company_names(const Subject& subject, const Greeting& greeting, const std::string& shown,
                         Findings& found) {
  for (const auto& company : greeting.companies) {
    if (shown.empty() || share_a_character(company, shown) ||
        shown.find(company) != std::string::npos)
      continue;
    found.push_back(finding_of(subject, "company-other-name", {{"company", company}}));
    return true;
  }
  return false;
}

// The names in To and Cc; empty when one is not Japanese: in Latin letters it may be anybody's.
std::string shown_people(const Subject& subject) {
  std::string shown;
  for (const auto name : shown_names(subject)) {
    const bool is_japanese =
        std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0xe3; });
    if (!is_japanese) return {};
    shown += name;
  }
  return shown;
}

// A name of which not one character stands in any name of To and Cc.
void check_people(const Subject& subject, const Greeting& greeting, const std::string& shown,
                  Findings& found) {
  for (const auto& person : greeting.people) {
    const bool is_japanese = static_cast<unsigned char>(person.front()) >= 0xe4;  // kanji
    if (shown.empty() || !is_japanese || share_a_character(person, shown)) continue;
    found.push_back(finding_of(subject, "person-other-name", {{"person", person}}));
    return;
  }
}

}  // namespace

void check_company(const Subject& subject, Findings& found) {
  const auto known = known_companies(subject);
  const auto companies = shown_companies(subject), people = shown_people(subject);
  const bool has_anything = !known.empty() || !companies.empty() || !people.empty();
  if (!has_anything || subject.external_recipients().empty()) return;
  const auto greeting = greeting_of(subject.reading.own_text, subject.lists);
  if (check_company_domains(subject, greeting, known, found)) return;
  if (check_company_names(subject, greeting, companies, found)) return;
  check_people(subject, greeting, people, found);
}

}  // namespace todoku::checks
