// SPDX-License-Identifier: Apache-2.0
// Whether a rule applies to what is known of a refusal. Pure: domains by whole labels, codes in
// full or by beginning.
#include "classifier/rules/rule.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace todoku::rules {

namespace {

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

// "docomo.ne.jp" fits itself and "mfsmax.docomo.ne.jp", never "notdocomo.ne.jp".
bool is_below(std::string_view host, std::string_view domain) {
  while (!host.empty() && (host.back() == '.' || host.back() == '>')) host.remove_suffix(1);
  if (host.size() < domain.size()) return false;
  if (!boost::algorithm::iequals(host.substr(host.size() - domain.size()), domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// A full code fits itself, a code that ends in a dot or is one digit fits as a beginning.
bool fits_code(std::string_view code, std::string_view wanted) {
  if (wanted.size() == 1 || wanted.ends_with('.')) return code.starts_with(wanted);
  return code == wanted;
}

}  // namespace

bool fits(const Conditions& when, const Evidence& evidence, std::string_view reply,
          std::string_view status, std::string_view status_in_text) {
  const auto any = [](const std::vector<std::string>& list, auto is_right) {
    return list.empty() || std::any_of(list.begin(), list.end(), is_right);
  };
  return any(when.status,
             [&](const auto& w) {
               return fits_code(status, w) || (!w.empty() && fits_code(status_in_text, w));
             }) &&
         any(when.reply, [&](const auto& w) { return fits_code(reply, w); }) &&
         any(when.action, [&](const auto& w) { return evidence.action == w; }) &&
         any(when.stage, [&](const auto& w) { return evidence.command == w; }) &&
         any(when.system, [&](const auto& w) { return evidence.system == w; }) &&
         any(when.receiver, [&](const auto& w) {
           return is_below(evidence.remote_host, w) || is_below(domain_of(evidence.recipient), w);
         });
}

}  // namespace todoku::rules
