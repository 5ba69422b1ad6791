// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/people.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/encoded_word.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

constexpr std::size_t most_mailboxes = 2000;

std::string without_quotes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') continue;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// Where the comment ends that begins at open: its last bracket. open itself when it is none: it is
// not closed, or an address stands in it. Bounded in depth, so that no octet is looked at often.
std::size_t comment_end(std::string_view value, std::size_t open) {
  constexpr std::size_t longest = 500, deepest = 4;
  const auto text = value.substr(0, std::min(value.size(), open + longest));
  std::size_t depth = 0;
  for (auto at = text.find_first_of("()@<", open); at != std::string_view::npos;
       at = text.find_first_of("()@<", at + 1)) {
    if (text[at] == '@' || text[at] == '<') break;
    if (text[at] == '(' && ++depth > deepest) break;
    if (text[at] == ')' && --depth == 0) return at;
  }
  return open;
}

void add(std::vector<Mailbox>& found, std::string_view item) {
  item = mail::trim(item);
  const auto open = item.rfind('<');
  Mailbox one;
  if (open == std::string_view::npos) {
    one.address = mail::trim(item.substr(0, item.find('(')));
  } else {
    const auto inside = item.substr(open + 1);
    one.address = mail::trim(inside.substr(0, inside.find('>')));
    one.name = mail::decode_words(without_quotes(mail::trim(item.substr(0, open))));
  }
  if (!one.address.empty() && found.size() < most_mailboxes) found.push_back(std::move(one));
}

}  // namespace

std::vector<Mailbox> mailboxes(std::string_view value) {
  std::vector<Mailbox> found;
  std::size_t begin = 0;
  bool is_quoted = false, is_address = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && is_quoted) {
      ++i;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (is_quoted) {
      continue;
    } else if (c == '(') {
      i = comment_end(value, i);
    } else if (c == '<' || c == '>') {
      is_address = c == '<';
    } else if (c == ':' && !is_address) {  // the name of a group
      begin = i + 1;
    } else if (c == ',' || c == ';') {
      add(found, value.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  add(found, value.substr(begin));
  return found;
}

std::string_view domain_in(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  auto domain = mail::trim(address.substr(at + 1));
  while (domain.ends_with('.')) domain.remove_suffix(1);
  return domain;
}

std::string domain_of(std::string_view address) {
  return mail::lower_copy(domain_in(address));
}

bool is_within(std::string_view domain, const std::vector<std::string>& domains) {
  return std::ranges::any_of(domains, [domain](std::string_view one) {
    if (one.empty() || domain.size() < one.size()) return false;
    const auto end = domain.substr(domain.size() - one.size());
    return mail::same_word(end, one) &&
           (domain.size() == one.size() || domain[domain.size() - one.size() - 1] == '.');
  });
}

bool stands_for(std::string_view pattern, std::string_view address) {
  if (pattern == "*") return true;
  if (pattern.starts_with('@')) return mail::same_word(domain_in(address), pattern.substr(1));
  return mail::same_word(pattern, address);
}

}  // namespace todoku::checks
