// SPDX-License-Identifier: Apache-2.0
// One layout's @ is another's something else: Shift+2 on a US keyboard, the key right of P on a
// Japanese one, so 2, ", [, ` and : turn up in its place.
#include "proxy/addresses/at_sign.hpp"

#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/local_part.hpp"
#include "proxy/addresses/public_suffixes.hpp"
#include "proxy/addresses/unicode.hpp"

#include <array>

namespace todoku::addresses {
namespace {

constexpr std::array<std::string_view, 11> written_out{
    "[at]", "(at)", "{at}", "<at>", " at ", "_at_", "-at-", "あっと", "アット", "[@]", "(a)"};
constexpr std::string_view wrong_keys = "\"[`:{#]';*&^!=~|\\ ";

Parts no_parts(Reason reason) {
  return {{}, {}, reason, true};
}

Parts parts(std::string_view local, std::string_view domain, Reason reason) {
  return {std::string(local), std::string(domain), reason, false};
}

// The local part without what stood in the place of @; '2' and '.' only before a known domain.
std::string_view without_wrong_key(std::string_view before, bool is_known_domain) {
  const auto lower = lower_ascii(before);
  for (const auto word : written_out)
    if (lower.ends_with(word)) return before.substr(0, before.size() - word.size());
  if (before.empty()) return before;
  const auto last = last_letter(before);
  const bool is_key =
      last.code < 0x80 && wrong_keys.find(static_cast<char>(last.code)) != std::string_view::npos;
  const bool is_for_known = is_known_domain && (last.code == '2' || last.code == '.');
  const bool is_wrong = is_key || is_for_known || (last.is_valid && is_mark(last.code));
  return is_wrong ? before.substr(0, before.size() - last.size) : before;
}

// The longest known domain at the end of the text.
Parts before_known_domain(std::string_view text, const Targets& targets) {
  const auto lower = lower_ascii(text);
  constexpr std::size_t longest_target = 40;
  const auto begin = lower.size() > longest_target ? lower.size() - longest_target : 1;
  for (auto i = begin; i < lower.size(); ++i) {
    const auto domain = std::string_view(lower).substr(i);
    if (targets.find(domain) == nullptr) continue;
    const auto local = without_wrong_key(text.substr(0, i), true);
    if (is_local_part(local)) return parts(local, domain, Reason::missing_at);
  }
  return no_parts(Reason::not_an_address);
}

// Another key, then any domain that can exist.
Parts before_any_domain(std::string_view text) {
  for (auto i = text.size(); i-- > 1;) {
    const auto local = without_wrong_key(text.substr(0, i), false);
    if (local.size() == i || !is_local_part(local)) continue;
    const auto domain = lower_ascii(text.substr(i));
    const auto ending = public_ending(domain);
    if (is_host_name(domain) && !ending.empty() && ending.size() < domain.size())
      return parts(local, domain, Reason::missing_at);
  }
  return no_parts(Reason::not_an_address);
}

Parts without_at(std::string_view text, const Targets& targets) {
  const bool is_link =
      text.find("://") != std::string_view::npos || lower_ascii(text).starts_with("www.");
  if (is_link) return no_parts(Reason::not_an_address);
  auto found = before_known_domain(text, targets);
  return found.is_invalid ? before_any_domain(text) : found;
}

// "a@@example.jp", "a@example.jp@example.jp". Anything else with two is two addresses or none.
Parts with_two(std::string_view text, std::size_t first) {
  std::size_t second = first + 1;
  while (second < text.size() && text[second] == '@') ++second;
  const auto local = text.substr(0, first);
  auto rest = text.substr(second);
  while (rest.ends_with('@')) rest.remove_suffix(1);
  if (rest.empty()) return no_parts(Reason::nothing_after_at);
  const auto next = rest.find('@');
  if (next == std::string_view::npos) return parts(local, rest, Reason::doubled_at);
  const auto domain = rest.substr(0, next);
  if (lower_ascii(domain) == lower_ascii(rest.substr(next + 1)))
    return parts(local, domain, Reason::doubled_at);
  return no_parts(Reason::several);
}

}  // namespace

Parts split_at(std::string_view text, const Targets& targets) {
  if (text.starts_with('"')) {
    if (const auto end = text.find("\"@", 1); end != std::string_view::npos)
      return parts(text.substr(0, end + 1), text.substr(end + 2), Reason::none);
  }
  const auto first = text.find('@');
  if (first == std::string_view::npos) return without_at(text, targets);
  if (first != text.rfind('@')) return with_two(text, first);
  return parts(text.substr(0, first), text.substr(first + 1), Reason::none);
}

}  // namespace todoku::addresses
