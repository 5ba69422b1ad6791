// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/mistyped.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/checks/people.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace todoku::checks {

namespace {

// Names that no public list of endings has and that are in use all the same: RFC 2606, 6761, 6762,
// 8375, ICANN's .internal (2024), and what companies call their inner networks.
constexpr std::array<std::string_view, 12> inner_endings{
    "test", "example",  "invalid", "localhost", "local", "internal",
    "lan",  "intranet", "private", "corp",      "home",  "arpa"};

bool is_inner(std::string_view domain) {
  const auto dot = domain.rfind('.');
  const auto ending = dot == std::string_view::npos ? domain : domain.substr(dot + 1);
  return std::ranges::find(inner_endings, ending) != inner_endings.end();
}

}  // namespace

bool is_looked_at(std::string_view domain, std::string_view own) {
  return domain != own && !is_inner(domain);
}

std::optional<MistypedAddress> mistyped(std::string_view address,
                                        const addresses::Finding& finding) {
  if (!addresses::is_flagged(finding)) return std::nullopt;
  return MistypedAddress{std::string(address), finding.suggestion, finding.reason};
}

std::vector<MistypedAddress> mistyped_among(const smtp::Envelope& envelope,
                                            const addresses::Checker& checker) {
  const auto own = domain_of(envelope.sender);
  std::vector<MistypedAddress> found;
  for (const auto& recipient : envelope.recipients) {
    if (!is_looked_at(domain_of(recipient.address), own)) continue;
    auto one = mistyped(recipient.address, checker.check(recipient.address));
    if (one) found.push_back(std::move(*one));
  }
  return found;
}

}  // namespace todoku::checks
