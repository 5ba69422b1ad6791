// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/local_part.hpp"

#include "proxy/addresses/unicode.hpp"

#include <algorithm>

namespace todoku::addresses {
namespace {

bool is_atom_letter(char c) {
  if (static_cast<unsigned char>(c) >= 0x80) return true;  // UTF-8, looked at as a whole
  const bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_alnum || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_quoted(std::string_view local) {
  if (local.size() < 2 || local.front() != '"' || local.back() != '"') return false;
  const auto inner = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '"') return false;
    if (inner[i] == '\\' && ++i == inner.size()) return false;
  }
  return true;
}

}  // namespace

bool is_local_part(std::string_view local) {
  constexpr std::size_t longest = 64;
  if (local.empty() || local.size() > longest || !is_utf8(local)) return false;
  if (is_quoted(local)) return true;
  const bool has_letter = local.find_first_not_of('.') != std::string_view::npos;
  return has_letter && std::ranges::all_of(local, is_atom_letter);
}

std::string with_dots_mended(std::string_view local, Dots dots) {
  std::string out(local);
  if (dots != Dots::forbidden || is_quoted(local)) return out;
  out.clear();
  for (const char c : local)
    if (c != '.' || (!out.empty() && out.back() != '.')) out += c;
  while (out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace todoku::addresses
