// SPDX-License-Identifier: Apache-2.0
// One run over what is known so far: an empty optional means that an answer is missing.
#include "proxy/mailauth/spf.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/mailauth/spf_macro.hpp"
#include "proxy/wire/domain_name.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::mailauth {

namespace {

using wire::DnsAnswer;
using wire::RecordType;

// RFC 7208 section 4.6.4.
constexpr int most_lookups = 10;
constexpr int most_void_lookups = 2;
constexpr std::size_t most_names = 10;

enum class Match : std::uint8_t {
  no,
  yes,
  pending,  // an answer is missing
  temporary_error,
  permanent_error,
};

// Section 4.3: at least two labels; an address literal is no domain.
bool can_be_asked_for(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  return wire::is_dns_name(domain) && domain.find('.') != std::string_view::npos &&
         !domain.starts_with('[');
}

class Run {
 public:
  Run(const SpfRequest& request, KnownAnswers& known) : request_(request), known_(known) {
    const auto at = request.sender.rfind('@');
    const bool has_sender = at != std::string::npos;
    sender_domain_ = has_sender ? request.sender.substr(at + 1) : request.hello;
    local_part_ = has_sender && at > 0 ? request.sender.substr(0, at) : "postmaster";
    client_ = request.client.unmapped();
  }

  std::optional<SpfVerdict> evaluate() {
    auto verdict = check_host(sender_domain_, true);
    if (verdict) verdict->domain = sender_domain_;
    return verdict;
  }

 private:
  std::optional<SpfVerdict> check_host(const std::string& domain, bool wants_explanation);
  std::optional<SpfVerdict> follow(const SpfRecord& record, const std::string& domain,
                                   bool wants_explanation);
  std::optional<SpfVerdict> redirected(const std::string& spec, const std::string& domain,
                                       bool wants_explanation);
  std::optional<std::string> explanation_of(const SpfRecord& record, const std::string& domain);

  Match match(const SpfDirective& directive, const std::string& domain);
  Match match_include(const std::string& target);
  Match match_a(const SpfDirective& directive, const std::string& target);
  Match match_mx(const SpfDirective& directive, const std::string& target);
  Match match_ptr(const std::string& target);
  Match match_exists(const std::string& target);
  Match match_addresses(const DnsAnswer& answer, const SpfDirective& directive) const;
  Match judge_name(const std::string& name);

  // Empty = pending.
  std::optional<std::string> expanded(std::string_view spec, const std::string& domain);
  std::optional<std::string> client_name(const std::string& domain);
  SpfMacroValues values_for(const std::string& domain, std::string client_name) const;

  [[nodiscard]] RecordType address_type() const {
    return client_.is_v6() ? RecordType::aaaa : RecordType::a;
  }
  Match counted(const DnsAnswer& answer);
  SpfVerdict error(Match match, std::string problem) const;

  const SpfRequest& request_;
  KnownAnswers& known_;
  std::string sender_domain_;
  std::string local_part_;
  wire::IpAddress client_;
  int lookups_ = 0;
  int void_lookups_ = 0;
  std::string problem_;
};

// The answer to a term's own question: no = there are records to look at.
Match Run::counted(const DnsAnswer& answer) {
  if (answer.has_failed()) {
    problem_ = "the DNS did not answer";
    return Match::temporary_error;
  }
  if (answer.is_empty() && ++void_lookups_ > most_void_lookups) {
    problem_ = "more than 2 of its terms lead to nothing";
    return Match::permanent_error;
  }
  return Match::no;
}

SpfVerdict Run::error(Match match, std::string problem) const {
  SpfVerdict verdict;
  verdict.result = match == Match::temporary_error ? SpfResult::temperror : SpfResult::permerror;
  verdict.problem = std::move(problem);
  return verdict;
}

std::optional<SpfVerdict> Run::check_host(const std::string& domain, bool wants_explanation) {
  if (!can_be_asked_for(domain)) return SpfVerdict{};
  const auto* answer = known_.find(domain, RecordType::txt);
  if (answer == nullptr) return std::nullopt;
  if (answer->has_failed()) {
    return error(Match::temporary_error, "the DNS did not answer for " + domain);
  }
  std::vector<std::string_view> records;
  for (const auto& text : answer->texts) {
    if (is_spf_record(text)) records.emplace_back(text);
  }
  if (records.empty()) return SpfVerdict{};
  if (records.size() > 1) {
    return error(Match::permanent_error, domain + " has more than one SPF record");
  }
  const auto parsed = parse_spf(records.front());
  if (const auto* problem = std::get_if<std::string>(&parsed)) {
    return error(Match::permanent_error, domain + ": " + *problem);
  }
  return follow(std::get<SpfRecord>(parsed), domain, wants_explanation);
}

std::optional<SpfVerdict> Run::follow(const SpfRecord& record, const std::string& domain,
                                      bool wants_explanation) {
  for (const auto& directive : record.directives) {
    const auto matched = match(directive, domain);
    if (matched == Match::no) continue;
    if (matched == Match::pending) return std::nullopt;
    if (matched != Match::yes)
      return error(matched, domain + ": " + directive.text + ": " + problem_);
    SpfVerdict verdict;
    verdict.result = directive.qualifier;
    verdict.decided_by = directive.text;
    if (verdict.result != SpfResult::fail || !wants_explanation) return verdict;
    auto words = explanation_of(record, domain);
    if (!words) return std::nullopt;
    verdict.explanation = std::move(*words);
    return verdict;
  }
  // "all" always matches, so that a redirect behind it is never reached (section 6.1).
  if (record.redirect) return redirected(*record.redirect, domain, wants_explanation);
  SpfVerdict neutral;
  neutral.result = SpfResult::neutral;
  return neutral;
}

// Section 6.1.
std::optional<SpfVerdict> Run::redirected(const std::string& spec, const std::string& domain,
                                          bool wants_explanation) {
  if (++lookups_ > most_lookups) {
    return error(Match::permanent_error, domain + ": more than 10 of its terms ask the DNS");
  }
  const auto target = expanded(spec, domain);
  if (!target) return std::nullopt;
  auto verdict = check_host(*target, wants_explanation);
  if (verdict && verdict->result == SpfResult::none) {
    return error(Match::permanent_error, *target + " has no SPF record");
  }
  return verdict;
}

// Section 6.2: whatever goes wrong here, there is no explanation, and nothing else changes.
std::optional<std::string> Run::explanation_of(const SpfRecord& record, const std::string& domain) {
  if (!record.explanation) return std::string();
  const auto target = expanded(*record.explanation, domain);
  if (!target) return std::nullopt;
  if (!can_be_asked_for(*target)) return std::string();
  const auto* answer = known_.find(*target, RecordType::txt);
  if (answer == nullptr) return std::nullopt;
  if (answer->texts.size() != 1 || !is_explain_string(answer->texts.front())) return std::string();
  const auto& text = answer->texts.front();
  std::string name;
  if (names_client(text)) {
    auto found = client_name(domain);
    if (!found) return std::nullopt;
    name = std::move(*found);
  }
  auto words = expand_macros(text, values_for(domain, std::move(name)));
  if (!std::ranges::all_of(words, [](char c) { return c >= ' ' && c < 0x7f; })) words.clear();
  return words;
}

SpfMacroValues Run::values_for(const std::string& domain, std::string client_name) const {
  return {local_part_,    sender_domain_,    domain,      client_, std::move(client_name),
          request_.hello, request_.receiver, request_.now};
}

std::optional<std::string> Run::expanded(std::string_view spec, const std::string& domain) {
  if (spec.empty()) return domain;
  std::string name;
  if (names_client(spec)) {
    auto found = client_name(domain);
    if (!found) return std::nullopt;
    name = std::move(*found);
  }
  return expand_domain(spec, values_for(domain, std::move(name)));
}

// Whether the name leads back to the client (section 5.5). Errors count as no.
Match Run::judge_name(const std::string& name) {
  const auto* answer = known_.find(name, address_type());
  if (answer == nullptr) return Match::pending;
  const bool is_validated =
      std::ranges::find(answer->addresses, client_) != answer->addresses.end();
  return is_validated ? Match::yes : Match::no;
}

// %{p} (section 7.3): the domain itself, else a name below it, else any that is validated.
std::optional<std::string> Run::client_name(const std::string& domain) {
  const auto* answer = known_.find(client_.reverse_name(), RecordType::ptr);
  if (answer == nullptr) return std::nullopt;
  std::string below;
  std::string any;
  const auto count = std::min(answer->names.size(), most_names);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& name = answer->names[i];
    const auto validated = judge_name(name);
    if (validated == Match::pending) return std::nullopt;
    if (validated != Match::yes) continue;
    if (mail::same_word(name, domain)) return name;
    if (below.empty() && wire::is_same_or_below(name, domain)) below = name;
    if (any.empty()) any = name;
  }
  if (!below.empty()) return below;
  return any.empty() ? "unknown" : any;
}

Match Run::match(const SpfDirective& directive, const std::string& domain) {
  switch (directive.mechanism) {
    case SpfMechanism::all:
      return Match::yes;
    case SpfMechanism::ip4:
      return client_.is_within(directive.network, directive.prefix4) ? Match::yes : Match::no;
    case SpfMechanism::ip6:
      return client_.is_within(directive.network, directive.prefix6) ? Match::yes : Match::no;
    case SpfMechanism::include:
    case SpfMechanism::a:
    case SpfMechanism::mx:
    case SpfMechanism::ptr:
    case SpfMechanism::exists:
      break;
  }
  if (++lookups_ > most_lookups) {
    problem_ = "more than 10 terms ask the DNS";
    return Match::permanent_error;
  }
  const auto target = expanded(directive.domain, domain);
  if (!target) return Match::pending;
  if (directive.mechanism == SpfMechanism::include) return match_include(*target);
  // Section 4.8: a name that cannot be asked for matches nothing.
  if (!can_be_asked_for(*target)) return Match::no;
  if (directive.mechanism == SpfMechanism::a) return match_a(directive, *target);
  if (directive.mechanism == SpfMechanism::mx) return match_mx(directive, *target);
  if (directive.mechanism == SpfMechanism::ptr) return match_ptr(*target);
  return match_exists(*target);
}

// Section 5.2, its table of results.
Match Run::match_include(const std::string& target) {
  const auto verdict = check_host(target, false);
  if (!verdict) return Match::pending;
  switch (verdict->result) {
    case SpfResult::pass:
      return Match::yes;
    case SpfResult::fail:
    case SpfResult::softfail:
    case SpfResult::neutral:
      return Match::no;
    case SpfResult::temperror:
      problem_ = verdict->problem;
      return Match::temporary_error;
    case SpfResult::none:
      problem_ = target + " has no SPF record";
      return Match::permanent_error;
    case SpfResult::permerror:
      problem_ = verdict->problem;
      return Match::permanent_error;
  }
  return Match::no;
}

Match Run::match_addresses(const DnsAnswer& answer, const SpfDirective& directive) const {
  const auto prefix = client_.is_v6() ? directive.prefix6 : directive.prefix4;
  const bool matches = std::ranges::any_of(
      answer.addresses, [&](const auto& address) { return client_.is_within(address, prefix); });
  return matches ? Match::yes : Match::no;
}

Match Run::match_a(const SpfDirective& directive, const std::string& target) {
  const auto* answer = known_.find(target, address_type());
  if (answer == nullptr) return Match::pending;
  const auto counts = counted(*answer);
  return counts == Match::no ? match_addresses(*answer, directive) : counts;
}

// Section 5.4; there is no fall-back to the address of a domain without MX.
Match Run::match_mx(const SpfDirective& directive, const std::string& target) {
  const auto* exchanges = known_.find(target, RecordType::mx);
  if (exchanges == nullptr) return Match::pending;
  const auto counts = counted(*exchanges);
  if (counts != Match::no) return counts;
  if (exchanges->exchanges.size() > most_names) {
    problem_ = target + " has more than 10 MX records";
    return Match::permanent_error;
  }
  for (const auto& exchange : exchanges->exchanges) {
    if (exchange.host.empty()) continue;
    const auto* answer = known_.find(exchange.host, address_type());
    if (answer == nullptr) return Match::pending;
    // Hosts of one kind of address only are common, so nothing is no void lookup here.
    if (answer->has_failed()) return counted(*answer);
    if (match_addresses(*answer, directive) == Match::yes) return Match::yes;
  }
  return Match::no;
}

Match Run::match_ptr(const std::string& target) {
  const auto* answer = known_.find(client_.reverse_name(), RecordType::ptr);
  if (answer == nullptr) return Match::pending;
  if (answer->has_failed()) return Match::no;  // section 5.5: not an error here
  const auto counts = counted(*answer);
  if (counts != Match::no) return counts;
  const auto count = std::min(answer->names.size(), most_names);
  for (std::size_t i = 0; i < count; ++i) {
    if (!wire::is_same_or_below(answer->names[i], target)) continue;
    const auto validated = judge_name(answer->names[i]);
    if (validated != Match::no) return validated;
  }
  return Match::no;
}

// Section 5.7: always an A record, also for IPv6 clients.
Match Run::match_exists(const std::string& target) {
  const auto* answer = known_.find(target, RecordType::a);
  if (answer == nullptr) return Match::pending;
  const auto counts = counted(*answer);
  if (counts != Match::no) return counts;
  return answer->addresses.empty() ? Match::no : Match::yes;
}

}  // namespace

SpfCheck::SpfCheck(SpfRequest request) : request_(std::move(request)) {}

std::optional<wire::DnsQuestion> SpfCheck::next(const wire::DnsAnswer* answer) {
  if (answer != nullptr) known_.take(*answer);
  auto verdict = Run(request_, known_).evaluate();
  if (!verdict) return known_.wanted();
  verdict_ = std::move(*verdict);
  return std::nullopt;
}

}  // namespace todoku::mailauth
