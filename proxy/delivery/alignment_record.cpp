// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/alignment_record.hpp"

#include "proxy/delivery/alignment_guard.hpp"

#include <algorithm>
#include <array>

namespace todoku::delivery {

namespace {

struct Field {
  const char* name;
  std::string AlignmentRecord::*text;
};

constexpr std::array<Field, 9> fields{{{"fallback", &AlignmentRecord::fallback},
                                       {"from_domain", &AlignmentRecord::from_domain},
                                       {"reason", &AlignmentRecord::reason},
                                       {"policy", &AlignmentRecord::policy},
                                       {"policy_at", &AlignmentRecord::policy_at},
                                       {"spf_domain", &AlignmentRecord::spf_domain},
                                       {"spf_terms", &AlignmentRecord::spf_terms},
                                       {"key_name", &AlignmentRecord::key_name},
                                       {"key_record", &AlignmentRecord::key_record}}};

}  // namespace

bool rewrites_from(const AlignmentRecord& record) {
  return record.reason == to_string(AlignmentReason::rewrites_from);
}

bool AlignmentRecord::is_allowed() const {
  return reason != to_string(AlignmentReason::would_fail) && !rewrites_from(*this);
}

bool AlignmentRecord::says_the_same(const AlignmentRecord& other) const {
  return std::ranges::all_of(
      fields, [&](const Field& field) { return this->*field.text == other.*field.text; });
}

AlignmentRecord record_of(std::string fallback, std::string from_domain,
                          const AlignmentVerdict& verdict, Time at) {
  AlignmentRecord record;
  record.fallback = std::move(fallback);
  record.from_domain = std::move(from_domain);
  record.reason = to_string(verdict.reason);
  if (!verdict.policy_at.empty()) record.policy = mailauth::to_string(verdict.policy);
  record.policy_at = verdict.policy_at;
  record.spf_domain = verdict.spf_domain;
  record.spf_terms = verdict.spf_terms;
  record.key_name = verdict.key_name;
  record.key_record = verdict.key_record;
  record.at = at;
  return record;
}

NamedTexts texts_of(const AlignmentRecord& record) {
  NamedTexts texts;
  for (const auto& field : fields) texts.emplace_back(field.name, record.*field.text);
  return texts;
}

AlignmentRecord record_from(const NamedTexts& texts, Time at) {
  AlignmentRecord record;
  record.at = at;
  for (const auto& [name, text] : texts) {
    for (const auto& field : fields) {
      if (name == field.name) record.*field.text = text;
    }
  }
  return record;
}

const char* remedy_of(const AlignmentRecord& record) {
  if (rewrites_from(record)) return "other_relay";
  if (!record.key_name.empty()) return "publish_key";
  return record.spf_domain.empty() ? "dkim" : "spf_or_dkim";
}

std::string withheld_in_english(const AlignmentRecord& record) {
  const std::string head = "The spare server \"" + record.fallback + "\" was not used: ";
  if (rewrites_from(record)) return head + "it would replace the sender's address";
  return head + "receivers would take it for a forger, because the DMARC policy of " +
         record.policy_at + " (p=" + record.policy +
         ") does not cover it. What an administrator can do: todoku relays";
}

}  // namespace todoku::delivery
