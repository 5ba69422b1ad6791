// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/greeting.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>

namespace todoku::checks {
namespace {

constexpr std::size_t most_lines = 8, longest_line = 120;
constexpr std::string_view wide_blank = "\u3000";
constexpr std::string_view polite = "様";

std::string_view trimmed(std::string_view text) {
  for (bool changed = true; changed;) {
    const auto before = text.size();
    text = mail::trim(text);
    if (text.starts_with(wide_blank)) text.remove_prefix(wide_blank.size());
    if (text.ends_with(wide_blank)) text.remove_suffix(wide_blank.size());
    changed = text.size() != before;
  }
  return text;
}

// A line that says something is no greeting: "株式会社みどりの鈴木です" is the sender.
bool is_sentence(std::string_view line) {
  constexpr std::array<std::string_view, 6> marks{"です",     "ます", "。",
                                                  "ください", "た、", "まして"};
  return std::ranges::any_of(
      marks, [line](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

// Where a name ends: at blanks, brackets, commas and polite words.
std::size_t name_end(std::string_view text) {
  constexpr std::array<std::string_view, 12> ends{" ",  "\t", "\u3000", "様", "御中", "、",
                                                  "（", "(",  "殿",     "／", "/",    "，"};
  auto first = text.size();
  for (const auto end : ends) first = std::min(first, text.find(end));
  return first;
}

std::string_view last_word(std::string_view text) {
  std::size_t begin = 0;
  for (const std::string_view blank : {" ", "\u3000", "（", "("}) {
    const auto at = text.rfind(blank);
    if (at != std::string_view::npos) begin = std::max(begin, at + blank.size());
  }
  return text.substr(begin);
}

// "部長", "ご担当者": what stands before 様 and is nobody's name.
bool is_role(std::string_view name) {
  constexpr std::array<std::string_view, 15> roles{"各位", "担当", "皆",   "みな", "お客",
                                                   "長",   "店",   "部",   "課",   "係",
                                                   "者",   "方",   "会員", "先生", "関係"};
  return std::ranges::any_of(
      roles, [name](std::string_view role) { return name.find(role) != std::string_view::npos; });
}

void add_person(std::string_view line, Greeting& greeting) {
  const auto at = line.find(polite);
  if (at == std::string_view::npos) return;
  auto before = trimmed(line.substr(0, at));
  const auto name = last_word(before);
  // "山田 太郎 様": the word before is the surname, unless it is a company or a desk.
  if (!name.empty() && !is_role(name)) greeting.people.push_back(without_blanks(name));
}

}  // namespace

std::string without_blanks(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = text.starts_with(wide_blank) ? wide_blank.size() : 1;
    if (size == 1 && !mail::is_space(text.front())) out += text.front();
    text.remove_prefix(size);
  }
  return out;
}

bool share_a_character(std::string_view a, std::string_view b) {
  while (!a.empty()) {
    std::size_t size = 1;
    while (size < a.size() && (static_cast<unsigned char>(a[size]) & 0xc0) == 0x80) ++size;
    const auto character = a.substr(0, size);
    if (size > 1 && character != wide_blank && b.find(character) != std::string_view::npos)
      return true;
    a.remove_prefix(size);
  }
  return false;
}

std::string company_in(std::string_view line, const Lists& lists) {
  for (const auto& form : lists.legal_forms) {
    const auto at = line.find(form);
    if (at == std::string_view::npos) continue;
    const auto before = trimmed(line.substr(0, at));
    const auto behind = trimmed(line.substr(at + form.size()));
    const auto name = before.empty() ? behind.substr(0, name_end(behind)) : last_word(before);
    if (!name.empty()) return without_blanks(name);
  }
  return {};
}

Greeting greeting_of(std::string_view text, const Lists& lists) {
  Greeting greeting;
  std::vector<std::string> companies;
  for (std::size_t count = 0; count < most_lines && !text.empty();) {
    const auto line = trimmed(mail::take_line(text));
    if (line.empty()) continue;
    ++count;
    if (line.size() > longest_line || is_sentence(line)) break;
    if (auto company = company_in(line, lists); !company.empty())
      companies.push_back(std::move(company));
    const bool is_greeting =
        line.find(polite) != std::string_view::npos || line.find("御中") != std::string_view::npos;
    if (!is_greeting) continue;
    for (auto& company : companies) greeting.companies.push_back(std::move(company));
    companies.clear();
    add_person(line, greeting);
  }
  return greeting;
}

}  // namespace todoku::checks
