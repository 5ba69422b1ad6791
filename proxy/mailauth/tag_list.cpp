// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailauth/tag_list.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>

namespace todoku::mailauth {

namespace {

bool is_tag_name(std::string_view name) {
  if (name.empty() || !mail::is_letter(name.front())) return false;
  return std::ranges::all_of(
      name, [](char c) { return mail::is_letter(c) || mail::is_digit(c) || c == '_'; });
}

}  // namespace

std::optional<TagList> TagList::parse(std::string_view text) {
  constexpr std::size_t most_tags = 64;
  TagList list;
  while (!text.empty()) {
    const auto end = text.find(';');
    const auto tag = mail::trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (tag.empty() && mail::trim(text).empty()) break;  // one ";" may stand at the end
    const auto sign = tag.find('=');
    if (sign == std::string_view::npos || list.tags_.size() == most_tags) return std::nullopt;
    const auto name = mail::trim(tag.substr(0, sign));
    if (!is_tag_name(name) || list.value(name)) return std::nullopt;
    list.tags_.emplace_back(name, mail::trim(tag.substr(sign + 1)));
  }
  return list;
}

std::optional<std::string_view> TagList::value(std::string_view name) const {
  for (const auto& [known, value] : tags_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string TagList::packed(std::string_view name, std::string_view otherwise) const {
  std::string out(value(name).value_or(otherwise));
  std::erase_if(out, mail::is_space);
  return out;
}

std::string_view TagList::first_name() const {
  return tags_.empty() ? std::string_view() : tags_.front().first;
}

}  // namespace todoku::mailauth
