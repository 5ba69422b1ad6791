// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/targets.hpp"

#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/endings.hpp"
#include "proxy/addresses/kana.hpp"
#include "proxy/addresses/public_suffixes.hpp"
#include "proxy/addresses/sound.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

constexpr Cost slip_of_ending = 90;  // what an ending may be off besides the name

// How many letters tell a name from others: those of its longest label, or of all when the first
// one is a word, too ("jcom.home", but not "i.softbank").
std::size_t telling_letters(std::string_view name) {
  constexpr std::size_t shortest_word = 3;
  const bool is_all = name.find('.') >= shortest_word;
  std::size_t longest = 0;
  std::size_t all = 0;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    longest = std::max(longest, label.size());
    all += label.size();
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return is_all ? all : longest;
}

// How far a typed name may be from a known one. Short names have too many real neighbours.
Cost limit_for(const Target& target, std::string_view name) {
  const auto letters = telling_letters(name);
  if (letters <= 2) return 0;
  if (letters <= 4) return 60;  // a swap, a doubled letter, a look-alike
  if (target.rank > 2) return letters == 5 ? 60 : 80;
  if (target.is_generic) return letters == 5 ? 60 : 90;
  if (letters == 5) return 90;
  if (target.rank == 2) return letters == 6 ? 140 : 160;
  return letters == 6 ? 160 : 170;
}

// So many names end in "mail" that only what stands before it tells them apart.
bool is_another_mail(std::string_view typed, std::string_view name, std::string_view ending) {
  constexpr std::size_t short_name = 8;
  return name.size() <= short_name && name.ends_with("mail") && !ending.ends_with("jp") &&
         before_ending(typed, ending).ends_with("mail");
}

// The last labels of the domain, as many as `like` has; empty when there is none before them.
std::string_view same_number_of_labels(std::string_view domain, std::string_view like) {
  auto begin = domain.size();
  for (auto labels = std::ranges::count(like, '.') + 1; labels > 0; --labels) {
    const auto dot = begin == 0 ? std::string_view::npos : domain.rfind('.', begin - 1);
    if (dot == std::string_view::npos) return {};
    begin = dot;
  }
  return domain.substr(begin + 1);
}

bool same_but_for_separators(std::string_view left, std::string_view right) {
  const auto skip = [](std::string_view& text) {
    while (!text.empty() && (text.front() == '.' || text.front() == '-')) text.remove_prefix(1);
  };
  while (true) {
    skip(left);
    skip(right);
    if (left.empty() || right.empty()) return left.empty() && right.empty();
    if (left.front() != right.front()) return false;
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
}

// typed: with the ending `ending`, or none that exists. Name and ending are judged apart: a slip in
// the name within `limit`, and one more in the ending when it is not the target's own.
// cost: of the whole.
bool is_near_target(std::string_view typed, std::string_view ending, Cost cost,
                    std::string_view own, Cost limit) {
  if (own == ending) return cost <= limit;
  const auto tail = same_number_of_labels(typed, own);
  const auto cost_of_tail = tail.empty() ? too_far : ending_cost(tail, own);
  if (cost_of_tail <= slip_of_ending) return cost - cost_of_tail <= limit;
  if (ending.empty()) return cost <= limit;
  const auto cost_of_ending = ending_cost(ending, own);
  return cost_of_ending <= slip_of_ending && cost - cost_of_ending <= limit;
}

// Digits that stand for letters: "0utl00k".
std::string digits_as_letters(std::string_view domain) {
  std::string out(domain);
  for (auto& c : out) {
    constexpr std::string_view digits = "01356";
    constexpr std::string_view letters = "olesb";
    if (const auto at = digits.find(c); at != std::string_view::npos) c = letters[at];
  }
  return out;
}

}  // namespace

Targets::Targets(std::vector<Target> targets,
                 const std::vector<std::pair<std::string, std::string>>& heard)
    : targets_(std::move(targets)) {
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const auto number = static_cast<Number>(i);
    const auto& target = targets_[i];
    const std::string ending(public_ending(target.domain));
    const std::string name(before_ending(target.domain, ending));
    endings_.push_back(ending);
    if (!by_domain_.emplace(target.domain, number).second) continue;
    by_name_[name].push_back(number);
    index_.add(target.domain, number);
    if (target.rank <= 2) file_spellings(number, name, ending);
  }
  for (const auto& [domain, spelling] : heard)
    if (const auto found = by_domain_.find(domain); found != by_domain_.end())
      by_sound_.emplace(sound_of(spelling) + "@" + endings_[found->second], found->second);
  index_.finish();
}

void Targets::file_spellings(Number number, const std::string& name, const std::string& ending) {
  constexpr std::size_t shortest_by_ear = 5;
  if (telling_letters(name) >= shortest_by_ear)
    by_sound_.emplace(sound_of(name) + "@" + ending, number);
  by_kana_.emplace(shown_by_input_method(name) + "." + ending, number);
  by_kana_.emplace(shown_by_input_method(name + "." + ending), number);
}

const Target* Targets::find(std::string_view domain) const {
  const auto found = by_domain_.find(domain);
  return found == by_domain_.end() ? nullptr : &targets_[found->second];
}

const Target* Targets::find_or_above(std::string_view domain) const {
  if (const auto* exact = find(domain)) return exact;
  for (auto parent = after_first_label(domain); !parent.empty(); parent = after_first_label(parent))
    if (const auto* found = find(parent); found != nullptr && found->has_below) return found;
  return nullptr;
}

std::vector<const Target*> Targets::named(std::string_view name) const {
  std::vector<const Target*> out;
  if (const auto found = by_name_.find(name); found != by_name_.end())
    for (const auto number : found->second) out.push_back(&targets_[number]);
  return out;
}

std::string_view Targets::ending_of(const Target& target) const {
  return endings_[static_cast<std::size_t>(&target - targets_.data())];
}

std::vector<Targets::Near> Targets::near(std::string_view typed, std::string_view ending,
                                         Cost allowance) const {
  std::vector<Number> numbers;
  index_.search(typed, numbers);
  if (typed.find_first_of("01356") != std::string_view::npos)
    index_.search(digits_as_letters(typed), numbers);
  std::vector<Near> found;
  for (const auto number : numbers) {
    const auto& target = targets_[number];
    const std::string_view own = endings_[number];
    const auto name = before_ending(target.domain, own);
    auto limit = limit_for(target, name) + allowance;
    if (own == ending && is_another_mail(typed, name, ending)) limit = std::min(limit, 90);
    const auto cost = typing_cost(typed, target.domain, limit + slip_of_ending);
    if (cost == too_far) continue;
    const bool is_near = (name.size() >= 3 && same_but_for_separators(typed, target.domain)) ||
                         is_near_target(typed, ending, cost, own, limit);
    if (is_near) found.push_back({&target, cost + target.rank * price_of_rank});
  }
  std::ranges::stable_sort(found, [](const Near& a, const Near& b) { return a.cost < b.cost; });
  return found;
}

const Target* Targets::sounding_like(std::string_view name, std::string_view ending) const {
  const auto found = by_sound_.find(sound_of(name) + "@" + std::string(ending));
  return found == by_sound_.end() ? nullptr : &targets_[found->second];
}

const Target* Targets::shown_as(std::string_view domain) const {
  const auto found = by_kana_.find(domain);
  return found == by_kana_.end() ? nullptr : &targets_[found->second];
}

}  // namespace todoku::addresses
