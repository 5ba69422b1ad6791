// SPDX-License-Identifier: Apache-2.0
// Addresses are kept as typed: whether one is wise (docomo's "a..b.@docomo.ne.jp") is for the
// checks to say, not for the grammar.
#include "proxy/smtp/path.hpp"

#include "proxy/smtp/words.hpp"

namespace todoku::smtp {

namespace {

// RFC 5321 4.5.3.1.3 allows 256; some more is let through so that checks can name the address.
constexpr std::size_t max_path = 512;

// The end of the path at the start of text (one past '>' or the bare word), npos when unfinished.
// Quoted local parts may hold '>' and spaces.
std::size_t path_end(std::string_view text) {
  const bool in_brackets = !text.empty() && text.front() == '<';
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_quotes && c == '\\')
      ++i;
    else if (c == '"')
      in_quotes = !in_quotes;
    else if (!in_quotes && in_brackets && c == '>')
      return i + 1;
    else if (!in_quotes && !in_brackets && is_space(c))
      return i;
  }
  return in_brackets || in_quotes ? std::string_view::npos : text.size();
}

// RFC 5321 4.1.1.3: a source route must be accepted and should be ignored.
std::string_view without_route(std::string_view address) {
  if (address.empty() || address.front() != '@') return address;
  const std::size_t colon = address.find(':');
  return colon == std::string_view::npos ? address : address.substr(colon + 1);
}

bool is_local_part(std::string_view local) {
  if (local.empty()) return false;
  bool in_quotes = false;
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x20 || value == 0x7F) return false;
    if (in_quotes && c == '\\') {
      if (++i == local.size()) return false;
      const auto quoted = static_cast<unsigned char>(local[i]);
      if (quoted < 0x20 || quoted == 0x7F) return false;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (!in_quotes && std::string_view(" <>()[],:;\\@").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return !in_quotes;
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || !is_printable(domain)) return false;
  return domain.find_first_of("<>()@,;\"\\") == std::string_view::npos;
}

// The last '@' outside quotes parts the two; an address literal holds none.
bool is_address(std::string_view address, bool may_lack_domain) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos)
    return may_lack_domain && equals_upper(address, "POSTMASTER");  // RFC 5321 4.1.1.3
  return is_local_part(address.substr(0, at)) && is_domain(address.substr(at + 1));
}

}  // namespace

std::optional<Reply> read_path(std::string_view argument, const PathWords& words, Path& into) {
  if (!equals_upper(argument.substr(0, words.keyword.size()), words.keyword))
    return bad_parameter(words.syntax);
  argument = trimmed(argument.substr(words.keyword.size()));
  if (argument.empty() || argument.front() != ':') return bad_parameter(words.syntax);
  argument = trimmed(argument.substr(1));
  const std::size_t end = path_end(argument);
  if (end == std::string_view::npos || end == 0) return bad_parameter(words.syntax);
  if (end < argument.size() && !is_space(argument[end])) return bad_parameter(words.syntax);
  std::string_view address = argument.substr(0, end);
  if (address.front() == '<') address = trimmed(address.substr(1, address.size() - 2));
  address = without_route(address);
  const bool is_null = address.empty() && argument.front() == '<' && words.may_be_null;
  if (address.size() > max_path) return refusal(501, words.status, "The address is too long");
  if (!is_null && !is_address(address, !words.may_be_null))
    return refusal(501, words.status, "The address is not written correctly");
  into.address = address;
  into.parameters = trimmed(argument.substr(end));
  return std::nullopt;
}

}  // namespace todoku::smtp
