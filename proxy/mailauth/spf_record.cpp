// SPDX-License-Identifier: Apache-2.0
// Term by term, by the grammar of RFC 7208 section 12.
#include "proxy/mailauth/spf_record.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/mailauth/spf_macro.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace todoku::mailauth {

namespace {

constexpr std::string_view version = "v=spf1";

std::optional<SpfResult> qualifier_of(char c) {
  switch (c) {
    case '+':
      return SpfResult::pass;
    case '-':
      return SpfResult::fail;
    case '~':
      return SpfResult::softfail;
    case '?':
      return SpfResult::neutral;
    default:
      return std::nullopt;
  }
}

std::optional<SpfMechanism> mechanism_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, SpfMechanism>, 8> list{{
      {"all", SpfMechanism::all},
      {"include", SpfMechanism::include},
      {"a", SpfMechanism::a},
      {"mx", SpfMechanism::mx},
      {"ptr", SpfMechanism::ptr},
      {"ip4", SpfMechanism::ip4},
      {"ip6", SpfMechanism::ip6},
      {"exists", SpfMechanism::exists},
  }};
  for (const auto& [known, mechanism] : list) {
    if (mail::same_word(name, known)) return mechanism;
  }
  return std::nullopt;
}

// "/24" without its slash: no sign, no zeros in front.
std::optional<unsigned> prefix_of(std::string_view digits, unsigned most) {
  unsigned prefix = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, prefix);
  if (read.ec != std::errc{} || read.ptr != end || prefix > most) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return prefix;
}

// Cuts "/NUMBER" (with one or two slashes) off the end; digits: without the slashes.
bool cut_prefix(std::string_view& text, std::string_view slashes, std::string_view& digits) {
  auto begin = text.size();
  while (begin > 0 && mail::is_digit(text[begin - 1])) --begin;
  if (begin == text.size() || !text.substr(0, begin).ends_with(slashes)) return false;
  digits = text.substr(begin);
  text = text.substr(0, begin - slashes.size());
  return true;
}

// dual-cidr-length = [ "/" ip4 ] [ "//" ip6 ], at the end of what follows the name.
bool read_dual_prefix(std::string_view& rest, SpfDirective& directive) {
  std::string_view digits;
  if (cut_prefix(rest, "//", digits)) {
    const auto prefix = prefix_of(digits, 128);
    if (!prefix) return false;
    directive.prefix6 = *prefix;
  }
  if (cut_prefix(rest, "/", digits)) {
    const auto prefix = prefix_of(digits, 32);
    if (!prefix) return false;
    directive.prefix4 = *prefix;
  }
  return true;
}

bool read_network(std::string_view rest, SpfDirective& directive) {
  if (!rest.starts_with(':')) return false;
  const auto network = wire::IpNetwork::parse(rest.substr(1));
  const bool is_right_kind =
      network && network->address.is_v6() == (directive.mechanism == SpfMechanism::ip6);
  if (!is_right_kind) return false;
  directive.network = network->address;
  (network->address.is_v6() ? directive.prefix6 : directive.prefix4) = network->prefix;
  return true;
}

// rest: nothing, or ":" and a domain-spec.
bool read_domain(std::string_view rest, bool is_needed, SpfDirective& directive) {
  if (rest.empty()) return !is_needed;
  if (!rest.starts_with(':') || !is_domain_spec(rest.substr(1))) return false;
  directive.domain = rest.substr(1);
  return true;
}

bool read_arguments(std::string_view rest, SpfDirective& directive) {
  switch (directive.mechanism) {
    case SpfMechanism::all:
      return rest.empty();
    case SpfMechanism::include:
    case SpfMechanism::exists:
      return read_domain(rest, true, directive);
    case SpfMechanism::a:
    case SpfMechanism::mx:
      return read_dual_prefix(rest, directive) && read_domain(rest, false, directive);
    case SpfMechanism::ptr:
      return read_domain(rest, false, directive);
    case SpfMechanism::ip4:
    case SpfMechanism::ip6:
      return read_network(rest, directive);
  }
  return false;
}

std::optional<SpfDirective> read_directive(std::string_view term) {
  SpfDirective directive;
  directive.text = term;
  if (const auto qualifier = qualifier_of(term.front())) {
    directive.qualifier = *qualifier;
    term.remove_prefix(1);
  }
  const auto name = term.substr(0, term.find_first_of(":/"));
  const auto mechanism = mechanism_of(name);
  if (!mechanism) return std::nullopt;
  directive.mechanism = *mechanism;
  if (!read_arguments(term.substr(name.size()), directive)) return std::nullopt;
  return directive;
}

// name "=" ...; the position of "=" or nothing.
std::optional<std::size_t> modifier_sign(std::string_view term) {
  if (!mail::is_letter(term.front())) return std::nullopt;
  for (std::size_t i = 0; i < term.size(); ++i) {
    const char c = term[i];
    if (c == '=') return i;
    const bool is_name =
        mail::is_letter(c) || mail::is_digit(c) || c == '-' || c == '_' || c == '.';
    if (!is_name) return std::nullopt;
  }
  return std::nullopt;
}

// Section 6: redirect and exp stand once at most; unknown modifiers are left alone.
bool read_modifier(std::string_view name, std::string_view value, SpfRecord& record) {
  const bool is_redirect = mail::same_word(name, "redirect");
  if (!is_redirect && !mail::same_word(name, "exp")) return is_macro_string(value);
  auto& place = is_redirect ? record.redirect : record.explanation;
  if (place || !is_domain_spec(value)) return false;
  place = value;
  return true;
}

bool read_term(std::string_view term, SpfRecord& record) {
  if (const auto sign = modifier_sign(term)) {
    return read_modifier(term.substr(0, *sign), term.substr(*sign + 1), record);
  }
  auto directive = read_directive(term);
  if (!directive) return false;
  record.directives.push_back(std::move(*directive));
  return true;
}

}  // namespace

const char* to_string(SpfResult result) {
  switch (result) {
    case SpfResult::none:
      return "none";
    case SpfResult::neutral:
      return "neutral";
    case SpfResult::pass:
      return "pass";
    case SpfResult::fail:
      return "fail";
    case SpfResult::softfail:
      return "softfail";
    case SpfResult::temperror:
      return "temperror";
    case SpfResult::permerror:
      return "permerror";
  }
  return "?";
}

bool is_spf_record(std::string_view text) {
  if (!mail::begins_with(text, version)) return false;
  return text.size() == version.size() || text[version.size()] == ' ';
}

std::variant<SpfRecord, std::string> parse_spf(std::string_view text) {
  SpfRecord record;
  auto rest = text.substr(version.size());
  while (true) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (rest.empty()) return record;
    const auto term = rest.substr(0, rest.find(' '));
    rest.remove_prefix(term.size());
    if (!read_term(term, record)) return "cannot read \"" + std::string(term) + "\"";
  }
}

}  // namespace todoku::mailauth
