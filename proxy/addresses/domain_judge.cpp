// SPDX-License-Identifier: Apache-2.0
// The order matters: what is known to be real is never searched for slips, what cannot be real is
// repaired at its end first, and only then is a name compared with others.
#include "proxy/addresses/domain_judge.hpp"

#include "proxy/addresses/distance.hpp"
#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/public_suffixes.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

DomainFinding invalid(Reason reason) {
  return {Verdict::invalid, {}, {}, reason, Sureness::certain, Dots::unknown};
}

// ".fr", ".co.kr", ".com.tw": where a worldwide provider may have a house of its own. Not the
// countries whose letters are one slip from .com or .net.
bool is_of_a_country(std::string_view ending) {
  const auto country = last_label(ending);
  if (country.size() != 2) return false;
  if (ending.size() > country.size()) {
    const auto second = before_ending(ending, country);
    return country != "jp" && (second == "co" || second == "com" || second == "net");
  }
  constexpr std::string_view slips[] = {"co", "cm", "om", "ne", "jo", "cc"};
  return std::ranges::find(slips, country) == std::end(slips);
}

}  // namespace

DomainJudge::DomainJudge(Data data)
    : targets_(std::move(data.targets), data.heard),
      known_(std::move(data.known)),
      endings_(std::move(data.endings), std::move(data.organisations)) {}

DomainFinding DomainJudge::suggest(std::string suggestion, Reason reason, Sureness sureness) const {
  DomainFinding finding{Verdict::typo, std::move(suggestion), {}, reason, sureness, Dots::unknown};
  if (const auto* found = targets_.find_or_above(finding.suggestion)) finding.dots = found->dots;
  return finding;
}

DomainFinding DomainJudge::judge(std::string_view domain) const {
  if (const auto* exact = targets_.find(domain)) {
    DomainFinding fine;
    fine.dots = exact->dots;
    return fine;
  }
  if (known_.contains(domain)) return {};
  if (domain.find('_') != std::string_view::npos) {
    std::string with_hyphen(domain);
    std::ranges::replace(with_hyphen, '_', '-');
    if (targets_.find_or_above(with_hyphen) != nullptr)
      return suggest(with_hyphen, Reason::near_name, Sureness::certain);
    return invalid(Reason::bad_domain);
  }
  if (domain.find('.') != std::string_view::npos && !is_host_name(domain))
    return invalid(Reason::bad_domain);
  const auto ending = public_ending(domain);
  if (ending.empty() || domain.find('.') == std::string_view::npos) return judge_broken(domain);
  const auto labels = std::ranges::count(ending, '.') + 1;
  if (ending.size() == domain.size() && labels <= 2) return invalid(Reason::only_an_ending);
  return judge_existing(domain, ending);
}

DomainFinding DomainJudge::judge_existing(std::string_view domain, std::string_view ending) const {
  if (endings_.is_repeated(domain)) return judge_broken(domain);
  if (is_of_a_family(domain, ending)) return {};
  if (auto found = other_ending(domain, ending); found.verdict != Verdict::ok) return found;
  if (const auto* above = targets_.find_or_above(domain))
    return judge_below(domain, ending, *above);
  if (!known_.contains(registrable(domain, ending)) && endings_.is_suspicious(domain, ending))
    return judge_broken(domain);
  if (auto found = near_name(domain, ending); found.verdict != Verdict::ok) return found;
  if (auto found = lost_dot(domain); found.verdict != Verdict::ok) return found;
  return same_sound(domain, ending);
}

// A customer's name below a provider's is anybody's, but for a slip of one that many have:
// jcmo.home.ne.jp.
DomainFinding DomainJudge::judge_below(std::string_view domain, std::string_view ending,
                                       const Target& above) const {
  constexpr Cost one_letter = 110 + 2 * Targets::price_of_rank;
  for (const auto& near : targets_.near(domain, ending))
    if (near.cost <= one_letter && near.target->domain.ends_with("." + above.domain))
      return suggest(near.target->domain, Reason::near_name, Sureness::likely);
  if (auto heard = same_sound(domain, ending); heard.verdict != Verdict::ok) return heard;
  DomainFinding fine;
  fine.dots = above.dots;
  return fine;
}

// The end cannot be right. The first repair that leads to a known domain is it, else the first one
// that leads near one, else the most likely ending.
DomainFinding DomainJudge::judge_broken(std::string_view domain) const {
  const auto repairs = endings_.repaired(domain);
  for (const auto& repair : repairs)
    if (targets_.find_or_above(repair) != nullptr || known_.contains(repair))
      return suggest(repair, Reason::ending, Sureness::certain);
  constexpr std::size_t likely_ones = 3;
  for (std::size_t i = 0; i < std::min(likely_ones, repairs.size()); ++i) {
    const auto& repair = repairs[i];
    const auto ending = public_ending(repair);
    if (ending.empty() || ending.size() == repair.size()) continue;
    auto found = judge_existing(repair, ending);
    if (found.verdict == Verdict::typo && !found.suggestion.empty()) {
      found.sureness = Sureness::certain;
      return found;
    }
  }
  if (auto found = near_name(domain, {}); found.verdict != Verdict::ok) return found;
  if (auto found = lost_dot(domain); found.verdict != Verdict::ok) return found;
  if (!repairs.empty()) return suggest(repairs.front(), Reason::ending, Sureness::certain);
  return invalid(domain.find('.') == std::string_view::npos ? Reason::bad_domain
                                                            : Reason::unknown_ending);
}

// yahoo.fr, hotmail.co.kr, yahoo.com.ru.
bool DomainJudge::is_of_a_family(std::string_view domain, std::string_view ending) const {
  auto name = before_ending(domain, ending);
  if (name.ends_with(".com") && ending != "jp") name.remove_suffix(4);
  return is_of_a_country(ending) &&
         std::ranges::any_of(targets_.named(name),
                             [](const Target* one) { return one->is_family; });
}

// docomo.co.jp, docomo.ne.com, yahoo.or.jp, so-net.ne: a known name, an ending that is not its own.
DomainFinding DomainJudge::other_ending(std::string_view domain, std::string_view ending) const {
  if (endings_.is_organisation(ending)) {
    const auto with_jp = std::string(domain) + ".jp";
    const auto with_m = std::string(domain) + "m";
    const bool is_better_com = ending == "co" && targets_.find(with_m) != nullptr;
    if (!is_better_com && targets_.find_or_above(with_jp) != nullptr)
      return suggest(with_jp, Reason::ending, Sureness::certain);
  }
  const auto name = before_ending(domain, ending);
  if (const auto same = targets_.named(name); !same.empty()) return own_ending(same, {}, ending);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto last = name.substr(dot + 1);
  const bool is_part_of_ending = last == "com" || last == "net" || endings_.is_organisation(last);
  if (is_part_of_ending) {
    const auto whole = std::string(last) + "." + std::string(ending);
    return own_ending(targets_.named(name.substr(0, dot)), {}, whole);
  }
  return own_ending(targets_.named(last), name.substr(0, dot + 1), ending);
}

// same: the targets of one name. before: a customer's name below it, with its dot, or empty.
DomainFinding DomainJudge::own_ending(const Same& same, std::string_view before,
                                      std::string_view ending) const {
  constexpr Cost slip_of_ending = 80;
  constexpr Cost another_ending = 110;  // a wholly different one is as far as any other
  constexpr Cost other_country = 30;
  constexpr int price_of_rank_here = 40;
  const Target* best = nullptr;
  Cost best_cost = too_far;
  for (const auto* one : same) {
    const auto& target = *one;
    if (!before.empty() && (!target.has_below || target.is_generic)) continue;
    const auto own = targets_.ending_of(target);
    if (own == ending) return {};
    auto cost = std::min(typing_cost(ending, own), another_ending);
    if (target.is_generic && cost > slip_of_ending) continue;
    if (last_label(own) == "jp" && last_label(ending) != "jp") cost += other_country;
    if (cost + target.rank * price_of_rank_here >= best_cost) continue;
    best = &target;
    best_cost = cost + target.rank * price_of_rank_here;
  }
  if (best == nullptr) return {};
  return suggest(std::string(before) + best->domain, Reason::other_ending, Sureness::likely);
}

DomainFinding DomainJudge::near_name(std::string_view domain, std::string_view ending) const {
  struct Candidate {
    Cost cost = 0;
    std::string suggestion;
  };
  std::vector<Candidate> found;
  for (const auto& near : targets_.near(domain, ending))
    found.push_back({near.cost, near.target->domain});
  for (auto dot = domain.find('.'); dot != std::string_view::npos;
       dot = domain.find('.', dot + 1)) {
    const auto parent = domain.substr(dot + 1);
    if (parent.size() <= ending.size()) break;
    for (const auto& near : targets_.near(parent, ending))
      if (near.target->has_below)
        found.push_back({near.cost, std::string(domain.substr(0, dot + 1)) + near.target->domain});
  }
  if (found.empty()) return {};
  std::ranges::stable_sort(found, {}, &Candidate::cost);
  auto finding = suggest(found.front().suggestion, Reason::near_name, Sureness::likely);
  constexpr Cost small_margin = 15;
  if (found.size() > 1 && found[1].cost - found[0].cost <= small_margin)
    finding.second = found[1].suggestion;
  return finding;
}

std::string DomainJudge::nearest(std::string_view domain) const {
  constexpr Cost any_two_letters = 100;
  const auto found = targets_.near(domain, public_ending(domain), any_two_letters);
  return found.empty() ? std::string() : found.front().target->domain;
}

// "grayplala.or.jp": a customer's name that lost its dot.
DomainFinding DomainJudge::lost_dot(std::string_view domain) const {
  constexpr std::size_t shortest_customer = 2;
  const auto first_dot = domain.find('.');
  for (auto i = shortest_customer; i < domain.size() && i + 1 < first_dot; ++i) {
    const auto* found = targets_.find(domain.substr(i));
    if (found == nullptr || !found->has_below || found->is_generic) continue;
    auto customer = std::string(domain.substr(0, i));
    if (customer.ends_with('-')) customer.pop_back();
    return suggest(customer + "." + found->domain, Reason::near_name, Sureness::likely);
  }
  return {};
}

DomainFinding DomainJudge::same_sound(std::string_view domain, std::string_view ending) const {
  const auto* found = targets_.sounding_like(before_ending(domain, ending), ending);
  if (found == nullptr) return {};
  return suggest(found->domain, Reason::near_name, Sureness::likely);
}

}  // namespace todoku::addresses
