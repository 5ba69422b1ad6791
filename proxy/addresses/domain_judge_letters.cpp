// SPDX-License-Identifier: Apache-2.0
// Domains with letters beyond ASCII: real ones (IDNA2008), look-alikes, and kana where Latin
// letters were meant.
#include "proxy/addresses/confusables.hpp"
#include "proxy/addresses/domain_judge.hpp"
#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/idn.hpp"
#include "proxy/addresses/kana.hpp"
#include "proxy/addresses/public_suffixes.hpp"

namespace todoku::addresses {
namespace {

DomainFinding invalid(Reason reason) {
  return {Verdict::invalid, {}, {}, reason, Sureness::certain, Dots::unknown};
}

// Kana and Latin letters in one label.
bool mixes_kana(std::string_view domain) {
  constexpr std::string_view latin = "abcdefghijklmnopqrstuvwxyz";
  for (auto rest = domain; !rest.empty(); rest = after_first_label(rest)) {
    const auto label = rest.substr(0, rest.find('.'));
    if (has_kana(label) && label.find_first_of(latin) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

// Kana in a domain: real in example.jp and abroad, never below co.jp and the like, and never beside
// Latin letters in one label.
DomainFinding DomainJudge::japanese(std::string_view domain) const {
  if (const auto* found = targets_.shown_as(as_hiragana(domain)))
    return suggest(found->domain, Reason::kana, Sureness::certain);
  const auto typed = lower_ascii(romaji_of(domain));
  const auto ascii = to_ascii_form(domain);
  const auto ending = ascii ? public_ending(*ascii) : std::string_view{};
  const bool is_below_organisation = ending.ends_with(".jp");
  const bool is_mixed = mixes_kana(domain);
  const auto near = is_host_name(typed) ? judge(typed) : invalid(Reason::bad_domain);
  if (near.verdict == Verdict::typo)
    return suggest(near.suggestion, Reason::kana, Sureness::certain);
  const bool is_known = targets_.find_or_above(typed) != nullptr;
  if (near.verdict == Verdict::ok && (is_known || is_below_organisation || is_mixed))
    return suggest(typed, Reason::kana, Sureness::certain);
  if (ending.empty()) return invalid(ascii ? Reason::unknown_ending : Reason::bad_domain);
  return is_below_organisation || is_mixed ? invalid(Reason::kana) : DomainFinding{};
}

DomainFinding DomainJudge::judge_letters(std::string_view domain) const {
  std::string letters(domain);
  if (domain.find("xn--") != std::string_view::npos) {
    const auto decoded = to_letters(domain);
    if (!decoded || decoded->find("xn--") != std::string::npos) return invalid(Reason::bad_domain);
    letters = *decoded;
  }
  const auto look = lower_ascii(as_it_looks(letters));
  if (look != letters && is_host_name(look)) {
    auto found = judge(look);
    if (targets_.find_or_above(look) != nullptr || found.verdict == Verdict::typo) {
      const auto meant = found.suggestion.empty() ? look : found.suggestion;
      return suggest(meant, Reason::foreign_letters, Sureness::certain);
    }
    if (mixes_alphabets(letters)) return suggest(look, Reason::foreign_letters, Sureness::certain);
  }
  if (has_kana(letters)) return japanese(letters);
  const auto ascii = to_ascii_form(letters);
  if (!ascii || !is_host_name(*ascii)) return invalid(Reason::bad_domain);
  if (public_ending(*ascii).empty()) {
    auto broken = judge_broken(*ascii);
    broken.suggestion = to_letters(broken.suggestion).value_or(std::string());
    return broken;
  }
  return is_public_ending(*ascii) ? invalid(Reason::only_an_ending) : DomainFinding{};
}

}  // namespace todoku::addresses
