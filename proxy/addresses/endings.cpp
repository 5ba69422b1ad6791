// SPDX-License-Identifier: Apache-2.0
// Second labels of .jp: https://jprs.jp/about/jp-dom/type.html. Two- and one-letter second labels
// that are none of these were never open to mail of many people, so they are slips.
#include "proxy/addresses/endings.hpp"

#include "proxy/addresses/distance.hpp"
#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/public_suffixes.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

constexpr Cost one_slip = 80;        // no more than one letter lost, swapped, doubled or beside
constexpr Cost one_letter = 110;     // any one letter
constexpr std::size_t too_long = 2;  // letters more or fewer than the ending: no slip

std::string_view label_before(std::string_view domain, std::string_view tail) {
  return last_label(before_ending(domain, tail));
}

// The last labels of the domain, with at least one before them.
std::vector<std::string_view> tails_of(std::string_view domain) {
  std::vector<std::string_view> out;
  std::size_t end = domain.size();
  for (int labels = 1; labels <= 3; ++labels) {
    const auto dot = end == 0 ? std::string_view::npos : domain.rfind('.', end - 1);
    if (dot == std::string_view::npos) break;
    out.push_back(domain.substr(dot + 1));
    end = dot;
  }
  return out;
}

// "ne.ne.jp", "jp.jp", "co.jp.co.jp" without what stands there twice; empty when nothing does.
std::string without_repeat(std::string_view domain, const Endings& endings) {
  const auto last = last_label(domain);
  const auto before = before_ending(domain, last);
  const auto second = last_label(before);
  const auto rest = before_ending(before, second);
  if (rest.empty()) return {};
  if (last == second) return std::string(before);
  const auto third = last_label(rest);
  const auto start = before_ending(rest, third);
  if (start.empty()) return {};
  if (second == third && endings.is_organisation(second))
    return std::string(rest) + "." + std::string(last);
  const bool is_pair = last == third && last_label(start) == second && start.size() > second.size();
  return is_pair && endings.is_organisation(second) ? std::string(rest) : std::string();
}

}  // namespace

int ending_cost(std::string_view typed, std::string_view meant) {
  const auto longer = std::max(typed.size(), meant.size());
  if (longer - std::min(typed.size(), meant.size()) > too_long) return too_far;
  return typing_cost(typed, meant);
}

Endings::Endings(std::vector<std::string> likely, std::vector<std::string> organisations)
    : likely_(std::move(likely)), organisations_(std::move(organisations)) {
  for (std::size_t i = 0; i < likely_.size(); ++i)
    index_.add(likely_[i], static_cast<DeletionIndex::Number>(i));
  index_.finish();
}

bool Endings::is_organisation(std::string_view label) const {
  return std::ranges::find(organisations_, label) != organisations_.end();
}

bool Endings::is_repeated(std::string_view domain) const {
  return !without_repeat(domain, *this).empty();
}

bool Endings::is_suspicious(std::string_view domain, std::string_view ending) const {
  if (ending.find('.') != std::string_view::npos) return false;
  const auto second = label_before(domain, ending);
  if (second.size() + ending.size() + 2 >= domain.size()) return false;  // nothing before it
  if (ending != "jp") return is_organisation(second) && ending_cost(ending, "jp") <= one_slip;
  if (second.size() > 3 || is_organisation(second)) return false;
  constexpr Cost of_three_letters = 60;  // doubled or swapped
  const Cost limit = second.size() == 3 ? of_three_letters : one_slip;
  return std::ranges::any_of(organisations_, [&](const std::string& organisation) {
    return ending_cost(second, organisation) <= limit;
  });
}

// "examplecom", "examplecojp": an ending that lost its dots, and the dot before it.
std::vector<std::string> Endings::with_dot_again(std::string_view domain) const {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& ending : likely_) {
    std::string run;
    std::ranges::copy_if(ending, std::back_inserter(run), [](char c) { return c != '.'; });
    constexpr std::size_t shortest_name = 2;
    const bool is_country = run.size() == 2 && run != "jp";  // two letters end many words
    if (is_country || domain.size() < run.size() + shortest_name || !domain.ends_with(run))
      continue;
    auto name = std::string(domain.substr(0, domain.size() - run.size()));
    if (name.ends_with('-')) name.pop_back();
    found.emplace_back(run.size(), name + "." + ending);
  }
  std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> out;
  for (auto& [size, text] : found) out.push_back(std::move(text));
  return out;
}

// An ending that exists, with a name before it, and nothing odd about it. "example.co.pl": where co
// is no part of the ending, it is nobody's name either.
bool Endings::is_sound(std::string_view domain) const {
  const auto ending = public_ending(domain);
  if (ending.empty() || ending.size() >= domain.size()) return false;
  const bool is_single = ending.find('.') == std::string_view::npos;
  const bool is_below_organisation = is_single && is_organisation(label_before(domain, ending)) &&
                                     registrable(domain, ending).size() < domain.size();
  return !is_below_organisation && !is_suspicious(domain, ending) && !is_repeated(domain);
}

std::vector<std::string> Endings::repaired(std::string_view domain) const {
  if (domain.find('.') == std::string_view::npos) return with_dot_again(domain);
  std::vector<std::string> out;
  if (auto once = without_repeat(domain, *this); !once.empty()) out.push_back(std::move(once));
  std::vector<std::pair<Cost, std::string>> found;
  std::vector<DeletionIndex::Number> near;
  for (const auto tail : tails_of(domain)) {
    const auto name = before_ending(domain, tail);
    near.clear();
    index_.search(tail, near);
    std::ranges::sort(near);
    for (const auto number : near) {
      const auto cost = typing_cost(tail, likely_[number]);
      if (cost > 0 && cost <= one_letter)
        found.emplace_back(cost, std::string(name) + "." + likely_[number]);
    }
  }
  // Equal costs stay in the order of likelihood.
  std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [cost, text] : found) {
    const bool is_new = std::ranges::find(out, text) == out.end();
    if (is_new && is_sound(text)) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace todoku::addresses
