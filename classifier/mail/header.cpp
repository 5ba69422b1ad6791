// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/header.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/encoded_word.hpp"

namespace todoku::mail {

namespace {

constexpr std::size_t max_name = 76;          // longer "names" are sentences with a colon in them
constexpr std::size_t max_value = 64 * 1024;  // of one unfolded field

// Where the name ends in line; 0 = it is no field.
std::size_t name_size(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && at < max_name && line[at] > ' ' && line[at] != ':' &&
         line[at] < 0x7f) {
    ++at;
  }
  if (at == 0) return 0;
  std::size_t colon = at;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;
  return colon < line.size() && line[colon] == ':' ? at : 0;
}

// Behind the next ";" that stands in no quoted value, at from or later; npos = there is none. A
// backslash escapes no quote: it may be half of a character in Shift_JIS.
std::size_t next_parameter(std::string_view value, std::size_t from) {
  for (auto at = value.find_first_of(";=", from); at != std::string_view::npos;
       at = value.find_first_of(";=", at + 1)) {
    if (value[at] == ';') return at + 1;
    const auto open = value.find_first_not_of(" \t\n", at + 1);
    if (open == std::string_view::npos || value[open] != '"') continue;
    const auto close = value.find('"', open + 1);
    if (close != std::string_view::npos) at = close;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_field_line(std::string_view line) {
  return name_size(line) != 0;
}

Header Header::read(std::string_view text, std::string_view& rest) {
  Header header;
  header.fields_.reserve(24);
  rest = text;
  while (!rest.empty()) {
    std::string_view behind = rest;
    const auto line = take_line(behind);
    if (line.empty()) {
      rest = behind;
      return header;
    }
    const bool is_folded = line.front() == ' ' || line.front() == '\t';
    if (is_folded && trim(line).empty() && header.fields_.empty()) {
      rest = behind;
      return header;
    }
    if (is_folded) {
      if (!header.fields_.empty()) {
        auto& body = header.fields_.back().body;
        const char* end = line.data() + line.size();
        body = {body.data(), static_cast<std::size_t>(end - body.data())};
      }
    } else if (const auto size = name_size(line); size != 0) {
      if (header.fields_.size() < max_fields) {
        header.fields_.push_back({line.substr(0, size), line.substr(line.find(':', size) + 1)});
      }
    } else if (!line.starts_with("From ") && !line.starts_with(">From ")) {
      return header;  // no empty line between header and body
    }
    rest = behind;
  }
  return header;
}

bool Header::has(std::string_view name) const {
  for (const auto& field : fields_) {
    if (same_word(field.name, name)) return true;
  }
  return false;
}

std::string_view Header::raw(std::string_view name) const {
  for (const auto& field : fields_) {
    if (same_word(field.name, name)) return trim(field.body);
  }
  return {};
}

std::string Header::value(std::string_view name) const {
  return unfolded(raw(name));
}

std::string Header::text(std::string_view name) const {
  const auto body = raw(name);
  return body.empty() ? std::string() : decode_words(unfolded(body));
}

std::string unfolded(std::string_view body) {
  body = trim(body.substr(0, max_value));
  std::string out;
  std::size_t begin = 0;
  for (auto fold = body.find('\n'); fold != std::string_view::npos; fold = body.find('\n', begin)) {
    out.append(body, begin, fold - begin).append(" ");
    begin = fold;
    while (begin < body.size() && is_space(body[begin])) ++begin;
  }
  out.append(body, begin);
  return out;
}

std::string_view parameter(std::string_view value, std::string_view name) {
  for (auto at = next_parameter(value, 0); at < value.size(); at = next_parameter(value, at)) {
    auto rest = trim(value.substr(at));
    if (!begins_with(rest, name)) continue;
    rest = trim(rest.substr(name.size()));
    if (!rest.starts_with('=')) continue;
    rest = trim(rest.substr(1));
    if (rest.starts_with('"')) return rest.substr(1, rest.find('"', 1) - 1);
    return rest.substr(0, rest.find_first_of("; \t\n"));
  }
  return {};
}

}  // namespace todoku::mail
