// SPDX-License-Identifier: Apache-2.0
// What travels is larger than what was attached: base64 makes four octets of three and adds line
// ends. A recipient's file of 10 MB is therefore 13.7 MB on its way, and that is what limits are
// of.
#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <optional>

namespace todoku::checks {
namespace {

using skeleton::Part;

struct Limit {
  Check check = Check::size_upstream;
  std::string_view code;
  std::uint64_t octets = 0;
  std::string who;
};

// What may be attached so that the message keeps within limit, in octets of the file: 57 octets
// travel as 78 (76 letters and a line end).
std::uint64_t file_size_within(std::uint64_t limit) {
  return limit / 78 * 57;
}

const Part* largest_file(const skeleton::Skeleton& skeleton) {
  const Part* largest = nullptr;
  for (const auto& part : skeleton.parts) {
    const bool is_file = skeleton::is_attachment(part) || part.type.starts_with("image/");
    if (is_file && (largest == nullptr || part.encoded_size > largest->encoded_size))
      largest = &part;
  }
  return largest;
}

std::string places(const Subject& subject) {
  const auto& own = subject.settings.large_file_places;
  return joined(own.empty() ? subject.lists.large_file_places : own);
}

Finding finding_of(const Subject& subject, const Limit& limit, std::uint64_t size) {
  Finding finding;
  finding.check = limit.check;
  finding.code = limit.code;
  finding.parameters = {{"size", std::to_string(size)},
                        {"size_limit", std::to_string(limit.octets)},
                        {"over", std::to_string(size - limit.octets)},
                        {"fits", std::to_string(file_size_within(limit.octets))},
                        {"who", limit.who},
                        {"places", places(subject)}};
  return finding;
}

void name_largest(const skeleton::Skeleton& skeleton, Finding& finding) {
  const auto* largest = largest_file(skeleton);
  if (largest == nullptr) return;
  finding.place.part = static_cast<std::size_t>(largest - skeleton.parts.data());
  finding.place.file = largest->file_name;
  finding.parameters.emplace_back("file", largest->file_name);
  finding.parameters.emplace_back("file_size", std::to_string(largest->decoded_size));
}

std::vector<Limit> limits_of(const Subject& subject) {
  std::vector<Limit> limits;
  const auto& facts = subject.facts;
  if (facts.upstream_limit && *facts.upstream_limit > 0)
    limits.push_back(
        {Check::size_upstream, "size-upstream", *facts.upstream_limit, facts.upstream});
  if (subject.settings.max_message > 0)
    limits.push_back({Check::size_own, "size-own", subject.settings.max_message, ""});
  for (const auto& one : facts.recipients) {
    const auto who = one.provider.empty() ? domain_of(one.address) : one.provider;
    // What a server really said weighs more than what its provider's page says.
    if (one.learned_limit && *one.learned_limit > 0) {
      limits.push_back({Check::size_recipient, "size-recipient-learned", *one.learned_limit, who});
    } else if (one.provider_limit && *one.provider_limit > 0) {
      limits.push_back({Check::size_recipient, "size-recipient", *one.provider_limit, who});
    }
  }
  return limits;
}

// One finding for each recipient's provider, however many recipients it has.
bool is_told(const Findings& found, const Limit& limit) {
  return std::ranges::any_of(found, [&limit](const Finding& one) {
    return one.check == limit.check && one.code == limit.code &&
           std::ranges::find(one.parameters, std::pair<std::string, std::string>(
                                                 "who", limit.who)) != one.parameters.end();
  });
}

void check_message(const Subject& subject, std::uint64_t size, bool has_parts, Findings& found) {
  for (const auto& limit : limits_of(subject)) {
    if (size <= limit.octets || is_told(found, limit)) continue;
    auto finding = finding_of(subject, limit, size);
    if (has_parts) name_largest(subject.skeleton, finding);
    found.push_back(std::move(finding));
  }
}

}  // namespace

void check_size(const Subject& subject, Findings& found) {
  check_message(subject, subject.skeleton.size, true, found);
  const auto own = subject.settings.max_attachment;
  for (std::size_t i = 0; own > 0 && i < subject.skeleton.parts.size(); ++i) {
    const auto& part = subject.skeleton.parts[i];
    if (!skeleton::is_attachment(part) || part.encoded_size <= own) continue;
    auto finding =
        finding_of(subject, {Check::size_own, "size-own-file", own, ""}, part.encoded_size);
    finding.place = {"", i, part.file_name, part.line, 0};
    finding.parameters.emplace_back("file", part.file_name);
    found.push_back(std::move(finding));
  }
}

void check_declared_size(const Subject& subject, Findings& found) {
  if (subject.envelope.declared_size)
    check_message(subject, *subject.envelope.declared_size, false, found);
}

}  // namespace todoku::checks
