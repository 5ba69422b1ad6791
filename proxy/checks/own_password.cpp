// SPDX-License-Identifier: Apache-2.0
// The time that a search takes tells of the text and the password only to whoever has both: the
// sender.
#include "proxy/checks/own_password.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

bool is_part_of_a_word(char c) {
  return mail::is_letter(c) || mail::is_digit(c);
}

bool is_telling(std::string_view password) {
  constexpr std::size_t shortest = 6;
  return password.size() >= shortest && !std::ranges::all_of(password, mail::is_letter);
}

}  // namespace

// Letters are everywhere in a text, digits and signs are not: the first of these is looked for.
std::size_t find_password(std::string_view text, std::string_view password) {
  if (!is_telling(password)) return std::string_view::npos;
  const auto before = static_cast<std::size_t>(std::ranges::find_if_not(password, mail::is_letter) -
                                               password.begin());
  const char sign = password[before];
  for (auto found = text.find(sign, before); found != text.npos;
       found = text.find(sign, found + 1)) {
    const auto at = found - before, end = at + password.size();
    if (text.substr(at, password.size()) != password) continue;
    const bool begins = at == 0 || !is_part_of_a_word(text[at - 1]);
    const bool ends = end == text.size() || !is_part_of_a_word(text[end]);
    if (begins && ends) return at;
  }
  return text.npos;
}

}  // namespace todoku::checks
