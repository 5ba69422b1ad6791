// SPDX-License-Identifier: Apache-2.0
#include "proxy/wire/domain_name.hpp"

#include <algorithm>

namespace todoku::wire {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

std::string normal_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string made(name);
  std::ranges::transform(made, made.begin(), lower);
  return made;
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  const auto is_label = [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, [](char c) {
      return c > ' ' && c < 0x7f && c != '\\' && c != '"';
    });
  };
  return std::ranges::all_of(split(name, '.'), is_label);
}

bool is_same_or_below(std::string_view name, std::string_view domain) {
  if (name.size() < domain.size()) return false;
  const auto rest = name.size() - domain.size();
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::ranges::equal(name.substr(rest), domain, same) &&
         (rest == 0 || name[rest - 1] == '.');
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace todoku::wire
