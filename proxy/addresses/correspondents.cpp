// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/correspondents.hpp"

#include "proxy/addresses/distance.hpp"
#include "proxy/addresses/domain_name.hpp"

#include <algorithm>
#include <map>

namespace todoku::addresses {
namespace {

// A letter lost, swapped, doubled or the key beside it; "sato" and "saito" are two people.
constexpr Cost one_slip = 80;
constexpr std::size_t shortest_name = 5;

std::string_view local_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(0, at);
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

}  // namespace

Correspondents::Correspondents(std::vector<Correspondent> all) {
  std::map<std::string, std::uint64_t> by_domain;
  for (auto& one : all) {
    one.address = lower_ascii(one.address);
    const std::string domain(domain_of(one.address));
    if (domain.empty()) continue;
    addresses_.insert(one.address);
    domains_.insert(domain);
    by_domain[domain] += one.times;
  }
  std::ranges::stable_sort(
      all, [](const Correspondent& a, const Correspondent& b) { return a.times > b.times; });
  for (const auto& one : all) {
    if (one.times < frequent_from || frequent_.size() >= most_frequent) break;
    const auto number = static_cast<DeletionIndex::Number>(frequent_.size());
    by_local_.add(local_of(one.address), number);
    frequent_.push_back({std::string(local_of(one.address)), std::string(domain_of(one.address))});
  }
  for (const auto& [domain, times] : by_domain) {
    if (times < frequent_from || frequent_domains_.size() >= most_frequent) continue;
    by_domain_.add(domain, static_cast<DeletionIndex::Number>(frequent_domains_.size()));
    frequent_domains_.push_back(domain);
  }
  by_local_.finish();
  by_domain_.finish();
}

Facts Correspondents::facts_of(std::string_view address) const {
  Facts facts;
  const auto lower = lower_ascii(address);
  const auto domain = domain_of(lower);
  facts.was_written_to = addresses_.contains(lower);
  facts.was_domain_written_to = domains_.contains(std::string(domain));
  if (facts.was_written_to || domain.empty()) return facts;
  // The local part keeps the case in which it was given: only the domain is put right.
  facts.near_correspondent = facts.was_domain_written_to ? same_domain(local_of(lower), domain)
                                                         : near_domain(local_of(address), domain);
  return facts;
}

// "tanka" for "tanaka" at the same company. Numbers are never slips of each other: taro1, taro2.
std::string Correspondents::same_domain(std::string_view local, std::string_view domain) const {
  if (local.size() + 1 < shortest_name) return {};
  std::vector<DeletionIndex::Number> found;
  by_local_.search(local, found);
  for (const auto number : found) {
    const auto& one = frequent_[number];
    const bool is_near = one.domain == domain && one.local.size() >= shortest_name &&
                         digits_of(one.local) == digits_of(local) &&
                         typing_cost(local, one.local) <= one_slip;
    if (is_near) return one.local + "@" + one.domain;
  }
  return {};
}

std::string Correspondents::near_domain(std::string_view local, std::string_view domain) const {
  std::vector<DeletionIndex::Number> found;
  by_domain_.search(domain, found);
  constexpr std::size_t shortest_domain = 8;  // "abc.com" has too many real neighbours
  for (const auto number : found) {
    const auto& meant = frequent_domains_[number];
    if (meant.size() >= shortest_domain && typing_cost(domain, meant) <= one_slip)
      return std::string(local) + "@" + meant;
  }
  return {};
}

}  // namespace todoku::addresses
