// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/history.hpp"

#include "proxy/addresses/domain_name.hpp"
#include "proxy/checks/people.hpp"

#include <utility>
#include <vector>

namespace todoku::facts {

namespace {

// Building the search of a long history takes some ms: it follows the history at a distance.
constexpr std::size_t built_again_after(std::size_t people) {
  constexpr std::size_t few = 500;
  return people < few ? 1 : people / 20;
}

}  // namespace

void History::add(std::string_view account, std::string_view address, std::uint32_t times) {
  auto lower = addresses::lower_ascii(address);
  auto domain = checks::domain_of(lower);
  if (domain.empty()) return;
  auto known = accounts_.find(account);
  if (known == accounts_.end()) known = accounts_.emplace(account, Account{}).first;
  auto& one = known->second;
  one.times[std::move(lower)] += times;
  one.domains.insert(std::move(domain));
  if (++one.since_built >= built_again_after(one.times.size())) one.search.reset();
}

const History::Account* History::find(std::string_view account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? nullptr : &found->second;
}

bool History::is_empty(std::string_view account) const {
  return find(account) == nullptr;
}

bool History::was_written_to(std::string_view account, std::string_view address) const {
  const auto* known = find(account);
  return known != nullptr && known->times.contains(addresses::lower_ascii(address));
}

bool History::was_domain_written_to(std::string_view account, std::string_view domain) const {
  const auto* known = find(account);
  return known != nullptr && known->domains.contains(addresses::lower_ascii(domain));
}

void History::build(Account& account) {
  std::vector<addresses::Correspondent> all;
  all.reserve(account.times.size());
  for (const auto& [address, times] : account.times) all.push_back({address, times});
  account.search = std::make_unique<addresses::Correspondents>(std::move(all));
  account.since_built = 0;
}

addresses::Facts History::facts_of_stranger(std::string_view account, std::string_view address) {
  const auto known = accounts_.find(account);
  if (known == accounts_.end()) return {};
  auto& one = known->second;
  if (!one.search) build(one);
  auto facts = one.search->facts_of(address);
  // Newer than the search.
  facts.was_domain_written_to = one.domains.contains(checks::domain_of(address));
  return facts;
}

}  // namespace todoku::facts
