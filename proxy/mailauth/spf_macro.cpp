// SPDX-License-Identifier: Apache-2.0
// One reader of macros serves the grammar and the expansion, so that they cannot differ.
#include "proxy/mailauth/spf_macro.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace todoku::mailauth {

namespace {

constexpr std::string_view delimiters = ".-+,/_=";
constexpr std::size_t longest_name = 253;  // RFC 7208 section 7.3

// macro-expand: "%{" letter [number] ["r"] *delimiter "}", or "%%", "%_", "%-".
struct Macro {
  char letter = '%';  // lower case; '%', '_' and '-' stand for the three short forms
  bool is_escaped = false;
  std::size_t parts = 0;  // how many are kept from the right; 0 = all
  bool is_reversed = false;
  std::string_view split_at = ".";
  std::size_t length = 0;  // of the whole macro in the text
};

// text starts behind "%{"; false = too large a number or zero.
bool read_transformers(std::string_view body, Macro& macro) {
  std::size_t at = 0;
  bool has_number = false;
  for (; at < body.size() && mail::is_digit(body[at]); ++at) {
    has_number = true;
    // Names have at most 127 labels: what is larger keeps all.
    macro.parts =
        std::min<std::size_t>(macro.parts * 10 + static_cast<std::size_t>(body[at] - '0'), 1000);
  }
  if (has_number && macro.parts == 0) return false;
  if (at < body.size() && mail::lower(body[at]) == 'r') {
    macro.is_reversed = true;
    ++at;
  }
  const auto marks = body.substr(at);
  if (marks.find_first_not_of(delimiters) != std::string_view::npos) return false;
  if (!marks.empty()) macro.split_at = marks;
  return true;
}

// text starts with "%".
std::optional<Macro> read_macro(std::string_view text) {
  Macro macro;
  if (text.size() < 2) return std::nullopt;
  if (text[1] == '%' || text[1] == '_' || text[1] == '-') {
    macro.letter = text[1];
    macro.length = 2;
    return macro;
  }
  const auto end = text.find('}');
  if (text[1] != '{' || end == std::string_view::npos || end < 3) return std::nullopt;
  macro.letter = mail::lower(text[2]);
  macro.is_escaped = macro.letter != text[2];
  macro.length = end + 1;
  if (std::string_view("slodiphcrtv").find(macro.letter) == std::string_view::npos ||
      !read_transformers(text.substr(3, end - 3), macro)) {
    return std::nullopt;
  }
  return macro;
}

bool is_only_for_explanations(char letter) {
  return letter == 'c' || letter == 'r' || letter == 't';
}

enum class Use {
  name,
  explanation
};

bool follows_grammar(std::string_view text, Use use) {
  while (!text.empty()) {
    const char c = text.front();
    if (c == '%') {
      const auto macro = read_macro(text);
      if (!macro || (use == Use::name && is_only_for_explanations(macro->letter))) return false;
      text.remove_prefix(macro->length);
      continue;
    }
    const bool is_visible = c > ' ' && c < 0x7f;
    if (!is_visible && !(c == ' ' && use == Use::explanation)) return false;
    text.remove_prefix(1);
  }
  return true;
}

// Where the last macro ends; 0 = there is none. The text follows the grammar.
std::size_t end_of_last_macro(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      ++at;
      continue;
    }
    at += read_macro(text.substr(at))->length;
    end = at;
  }
  return end;
}

bool is_top_label(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-') return false;
  bool has_other_than_digit = false;
  for (const char c : label) {
    if (!mail::is_letter(c) && !mail::is_digit(c) && c != '-') return false;
    if (!mail::is_digit(c)) has_other_than_digit = true;
  }
  return has_other_than_digit;
}

std::string joined_digits(const wire::IpAddress& address) {
  if (!address.is_v6()) return address.to_string();
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string text;
  for (const char c : address.bytes()) {
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += '.';
    text += {hexadecimal[byte >> 4], '.', hexadecimal[byte & 0xF]};
  }
  return text;
}

std::string value_of(char letter, const SpfMacroValues& values) {
  switch (letter) {
    case 's':
      return values.local_part + "@" + values.sender_domain;
    case 'l':
      return values.local_part;
    case 'o':
      return values.sender_domain;
    case 'd':
      return values.domain;
    case 'i':
      return joined_digits(values.client);
    case 'p':
      return values.client_name;
    case 'v':
      return values.client.is_v6() ? "ip6" : "in-addr";
    case 'h':
      return values.hello;
    case 'c':
      return values.client.to_string();
    case 'r':
      return values.receiver;
    case 't':
      return std::to_string(values.now.count());
    case '_':
      return " ";
    case '-':
      return "%20";
    default:
      return "%";
  }
}

std::string transformed(const std::string& value, const Macro& macro) {
  std::vector<std::string> parts{""};
  for (const char c : value) {
    if (macro.split_at.find(c) != std::string_view::npos) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (macro.is_reversed) std::ranges::reverse(parts);
  const std::size_t kept = macro.parts == 0 ? parts.size() : std::min(macro.parts, parts.size());
  std::string out;
  for (std::size_t i = parts.size() - kept; i < parts.size(); ++i) {
    if (i > parts.size() - kept) out += '.';
    out += parts[i];
  }
  return out;
}

// RFC 3986 section 2.3: everything but the unreserved characters.
std::string escaped(std::string_view text) {
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = mail::is_letter(c) || mail::is_digit(c) ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out += {'%', hexadecimal[byte >> 4], hexadecimal[byte & 0xF]};
    }
  }
  return out;
}

}  // namespace

bool is_macro_string(std::string_view text) {
  return follows_grammar(text, Use::name);
}

bool is_explain_string(std::string_view text) {
  return follows_grammar(text, Use::explanation);
}

bool is_domain_spec(std::string_view text) {
  if (text.empty() || !is_macro_string(text)) return false;
  const auto macros_end = end_of_last_macro(text);
  if (macros_end == text.size()) return text[text.size() - 1] == '}';
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dot = text.rfind('.');
  return dot != std::string_view::npos && dot >= macros_end && is_top_label(text.substr(dot + 1));
}

bool names_client(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto macro = text[at] == '%' ? read_macro(text.substr(at)) : std::nullopt;
    if (macro && macro->letter == 'p') return true;
    at += macro ? macro->length : 1;
  }
  return false;
}

std::string expand_macros(std::string_view text, const SpfMacroValues& values) {
  std::string out;
  while (!text.empty()) {
    const auto macro = text.front() == '%' ? read_macro(text) : std::nullopt;
    if (!macro) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto value = value_of(macro->letter, values);
    const auto made = macro->length == 2 ? value : transformed(value, *macro);
    out += macro->is_escaped ? escaped(made) : made;
    text.remove_prefix(macro->length);
  }
  return out;
}

std::string expand_domain(std::string_view text, const SpfMacroValues& values) {
  auto name = expand_macros(text, values);
  if (name.ends_with('.')) name.pop_back();
  while (name.size() > longest_name) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) break;
    name.erase(0, dot + 1);
  }
  return name;
}

}  // namespace todoku::mailauth
