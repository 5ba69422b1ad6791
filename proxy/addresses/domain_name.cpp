// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/domain_name.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

bool is_label(std::string_view label) {
  constexpr std::size_t longest_label = 63;
  if (label.empty() || label.size() > longest_label) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(
      label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_number(std::string_view label) {
  return std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_host_name(std::string_view domain) {
  constexpr std::size_t longest_domain = 253;
  if (domain.size() > longest_domain || domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return !is_number(domain);
    domain.remove_prefix(dot + 1);
  }
}

std::string_view registrable(std::string_view domain, std::string_view ending) {
  const auto before = before_ending(domain, ending);
  if (before.empty()) return {};
  const auto dot = before.rfind('.');
  return dot == std::string_view::npos ? domain : domain.substr(dot + 1);
}

std::string_view before_ending(std::string_view domain, std::string_view ending) {
  if (ending.size() + 1 >= domain.size()) return {};
  return domain.substr(0, domain.size() - ending.size() - 1);
}

std::string_view after_first_label(std::string_view domain) {
  const auto dot = domain.find('.');
  return dot == std::string_view::npos ? std::string_view{} : domain.substr(dot + 1);
}

std::string_view last_label(std::string_view domain) {
  const auto dot = domain.rfind('.');
  return dot == std::string_view::npos ? domain : domain.substr(dot + 1);
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

}  // namespace todoku::addresses
