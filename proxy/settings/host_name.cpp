// SPDX-License-Identifier: Apache-2.0

// Reads host names and address literals strictly: what decides "is this loopback?" must not be read
// differently by the resolver later.
#include "proxy/settings/host_name.hpp"

#include "proxy/wire/domain_name.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

namespace todoku::settings {
namespace {

constexpr std::size_t shown_bytes = 60;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<std::string> label_fault(std::string_view label) {
  if (label.empty()) return "has an empty part between dots";
  if (label.size() > 63) return "has a part longer than 63 characters";
  if (label.front() == '-' || label.back() == '-') return "has a part that begins or ends with '-'";
  for (const char c : label) {
    if (static_cast<unsigned char>(c) >= 0x80)
      return "has characters beyond ASCII; write its xn-- form";
    if (!is_digit(c) && !is_letter(c) && c != '-' && c != '_')
      return "may have only letters, digits, '-' and '.'";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> host_fault(std::string_view host) {
  if (host.empty()) return "is empty";
  if (parse_ipv6(host)) return std::nullopt;
  if (host.find(':') != std::string_view::npos) return "is not a valid IPv6 address";
  if (host.size() > 253) return "is longer than 253 characters";
  const auto labels = wire::split(host, '.');
  for (const auto label : labels) {
    if (auto fault = label_fault(label)) return fault;
  }
  // 127.1 and 0x7f.1 mean an address to some resolvers: only the plain form is taken.
  const auto last = labels.back();
  const bool hexadecimal = last.size() > 1 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X');
  if ((hexadecimal || std::all_of(last.begin(), last.end(), is_digit)) && !parse_ipv4(host))
    return "is not a valid IPv4 address (four numbers from 0 to 255)";
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  const bool cut = text.size() > shown_bytes;
  auto shown = text.substr(0, shown_bytes);
  // Not in the middle of a UTF-8 character.
  while (cut && !shown.empty() && (static_cast<unsigned char>(text[shown.size()]) & 0xc0) == 0x80)
    shown.remove_suffix(1);
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    result += (byte < 0x20 || byte == 0x7f) ? '?' : c;
  }
  return result + (cut ? "...\"" : "\"");
}

std::string key_text(std::string_view key) {
  const bool plain = key.size() <= shown_bytes && std::all_of(key.begin(), key.end(), [](char c) {
                       return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
                     });
  return plain ? std::string(key) : quoted(key);
}

}  // namespace todoku::settings
