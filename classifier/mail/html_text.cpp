// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/html_text.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace todoku::mail {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> entities{{
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&amp;", "&"},
    {"&quot;", "\""},
    {"&nbsp;", " "},
    {"&apos;", "'"},
}};

// Is it a character that a text may have? Not half of a pair, no control.
bool is_text(std::uint32_t point) {
  const bool is_half = point >= 0xd800 && point < 0xe000;
  const bool is_control = (point < ' ' && point != '\n' && point != '\r' && point != '\t') ||
                          (point >= 0x7f && point < 0xa0);
  return point <= 0x10ffff && !is_half && !is_control;
}

// As take_entity, for "&#39641;" and "&#x6a4b;".
std::size_t take_number(std::string_view html, std::string& out) {
  if (!html.starts_with("&#")) return 0;
  const bool is_hex = html.size() > 2 && lower(html[2]) == 'x';
  const auto* begin = html.data() + (is_hex ? 3 : 2);
  constexpr std::size_t longest = 12;
  const auto* end = html.data() + std::min(html.size(), longest);
  std::uint32_t point = 0;
  const auto read = std::from_chars(begin, end, point, is_hex ? 16 : 10);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != ';' || !is_text(point)) return 0;
  constexpr std::uint32_t no_break_space = 0xa0;
  const bool is_blank = point <= ' ' || point == no_break_space;
  if (!is_blank) {
    append_utf8(out, point);
  } else if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
    out += ' ';
  }
  return static_cast<std::size_t>(read.ptr - html.data()) + 1;
}

// Appends the character that an entity at the beginning of html stands for, and returns the octets
// of the entity; 0 = it is none that is known.
std::size_t take_entity(std::string_view html, std::string& out) {
  for (const auto& [name, text] : entities) {
    if (!html.starts_with(name)) continue;
    out += text;
    return name.size();
  }
  return take_number(html, out);
}

bool is_tag(std::string_view tag, std::string_view name) {
  return begins_with(tag, name) && (tag.size() == name.size() || !is_letter(tag[name.size()]));
}

bool ends_line(std::string_view tag) {
  constexpr std::array<std::string_view, 15> names{"br",  "/p",  "p",    "/div",   "/tr",
                                                   "/td", "/li", "/h1",  "/h2",    "/h3",
                                                   "tr",  "pre", "/pre", "/title", "hr"};
  return std::ranges::any_of(names, [tag](std::string_view name) { return is_tag(tag, name); });
}

// Behind the end of an element whose content is no text; the place itself when it is another one.
std::size_t skip_hidden(std::string_view html, std::size_t tag_begin, std::size_t behind_tag) {
  const auto tag = html.substr(tag_begin + 1);
  for (const std::string_view name : {"style", "script"}) {
    if (!begins_with(tag, name)) continue;
    const auto close = find_word(html, name == "style" ? "</style" : "</script", behind_tag);
    return close == std::string_view::npos ? html.size() : close;
  }
  return behind_tag;
}

bool ends_run(char c) {
  return c == '<' || c == '&' || c == ' ' || c == '\n' || c == '\t';
}

}  // namespace

std::string text_from_html(std::string_view html, std::size_t max_size) {
  std::string out;
  bool is_set = false;  // <pre>: blanks and lines as they stand
  std::size_t i = 0;
  while (i < html.size() && out.size() < max_size) {
    const char c = html[i];
    if (c == '<') {
      if (html.substr(i).starts_with("<!--")) {
        const auto end = html.find("-->", i);
        i = end == std::string_view::npos ? html.size() : end + 3;
        continue;
      }
      const auto close = html.find('>', i);
      if (close == std::string_view::npos) break;
      const auto tag = html.substr(i + 1, close - i - 1);
      if (ends_line(tag)) out += '\n';
      is_set = is_tag(tag, "pre") || (is_set && !is_tag(tag, "/pre"));
      i = skip_hidden(html, i, close + 1);
      continue;
    }
    if (const auto size = c == '&' ? take_entity(html.substr(i), out) : 0; size > 0) {
      i += size;
      continue;
    }
    if (!is_space(c)) {
      auto end = i + 1;
      while (end < html.size() && !ends_run(html[end])) ++end;
      out.append(html, i, end - i);
      i = end;
      continue;
    }
    if (is_set) {
      out += c;
    } else if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
      out += ' ';  // a run means one
    }
    ++i;
  }
  out.resize(cut_utf8(out, max_size).size());
  return out;
}

}  // namespace todoku::mail
