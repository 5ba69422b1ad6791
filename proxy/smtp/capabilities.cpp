// SPDX-License-Identifier: Apache-2.0
// EHLO keyword lines, read leniently: what a relay means is clear even where it is sloppy.
#include "proxy/smtp/capabilities.hpp"

#include <algorithm>
#include <charconv>

namespace todoku::smtp {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return upper(x) == upper(y); });
}

// The next word of line, which loses it; '=' parts words too ("AUTH=LOGIN", "SIZE=1000").
std::string_view next_word(std::string_view& line) {
  constexpr std::string_view separators = " \t=";
  line.remove_prefix(std::min(line.find_first_not_of(separators), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(separators));
  line.remove_prefix(word.size());
  return word;
}

// RFC 1870: no number or 0 = no fixed maximum. A number we cannot hold is no limit either.
std::optional<std::uint64_t> read_size(std::string_view number) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), size);
  if (error != std::errc{} || end != number.data() + number.size() || size == 0) return {};
  return size;
}

void read_mechanisms(Capabilities& into, std::string_view rest) {
  constexpr Mechanism known[] = {Mechanism::plain, Mechanism::login, Mechanism::xoauth2,
                                 Mechanism::oauthbearer};
  into.offers_login = true;
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    for (const Mechanism mechanism : known) {
      if (same_word(word, to_string(mechanism)) && !into.can(mechanism)) {
        into.mechanisms.push_back(mechanism);
      }
    }
  }
}

std::optional<std::uint64_t> smaller(std::optional<std::uint64_t> a,
                                     std::optional<std::uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

bool Capabilities::can(Mechanism mechanism) const {
  return std::find(mechanisms.begin(), mechanisms.end(), mechanism) != mechanisms.end();
}

void read_keyword(Capabilities& into, std::string_view line) {
  const std::string_view keyword = next_word(line);
  if (same_word(keyword, "PIPELINING")) into.pipelining = true;
  if (same_word(keyword, "8BITMIME")) into.eight_bit_mime = true;
  if (same_word(keyword, "SMTPUTF8")) into.smtputf8 = true;
  if (same_word(keyword, "DSN")) into.dsn = true;
  if (same_word(keyword, "CHUNKING")) into.chunking = true;
  if (same_word(keyword, "STARTTLS")) into.starttls = true;
  if (same_word(keyword, "ENHANCEDSTATUSCODES")) into.enhanced_status_codes = true;
  if (same_word(keyword, "AUTH")) read_mechanisms(into, line);
  if (same_word(keyword, "SIZE")) {
    into.has_size = true;
    into.max_size = read_size(next_word(line));
  }
}

Capabilities intersection(const Capabilities& a, const Capabilities& b) {
  Capabilities both;
  both.pipelining = a.pipelining && b.pipelining;
  both.eight_bit_mime = a.eight_bit_mime && b.eight_bit_mime;
  both.smtputf8 = a.smtputf8 && b.smtputf8;
  both.dsn = a.dsn && b.dsn;
  both.chunking = a.chunking && b.chunking;
  both.starttls = a.starttls && b.starttls;
  both.enhanced_status_codes = a.enhanced_status_codes && b.enhanced_status_codes;
  both.has_size = a.has_size && b.has_size;
  both.max_size = smaller(a.max_size, b.max_size);
  both.offers_login = a.offers_login && b.offers_login;
  for (const Mechanism mechanism : a.mechanisms) {
    if (b.can(mechanism)) both.mechanisms.push_back(mechanism);
  }
  return both;
}

}  // namespace todoku::smtp
