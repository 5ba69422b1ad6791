// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/html_text.hpp"

#include "classifier/mail/ascii.hpp"

#include <array>
#include <utility>

namespace todoku::mail {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> entities{{
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&amp;", "&"},
    {"&quot;", "\""},
    {"&nbsp;", " "},
    {"&#39;", "'"},
    {"&apos;", "'"},
    {"&#64;", "@"},
}};

bool ends_line(std::string_view tag) {
  for (const std::string_view name : {"br", "/p", "p", "/div", "/tr", "/td", "/li", "/h1", "/h2",
                                      "/h3", "tr", "pre", "/pre", "/title", "hr"}) {
    if (begins_with(tag, name) && (tag.size() == name.size() || !is_letter(tag[name.size()]))) {
      return true;
    }
  }
  return false;
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
      if (ends_line(html.substr(i + 1, close - i - 1))) out += '\n';
      i = skip_hidden(html, i, close + 1);
      continue;
    }
    bool is_entity = false;
    if (c == '&') {
      for (const auto& [name, text] : entities) {
        if (!html.substr(i).starts_with(name)) continue;
        out += text;
        i += name.size();
        is_entity = true;
        break;
      }
    }
    if (is_entity) continue;
    if (!is_space(c)) {
      auto end = i + 1;
      while (end < html.size() && !ends_run(html[end])) ++end;
      out.append(html, i, end - i);
      i = end;
      continue;
    }
    if (!out.empty() && out.back() != ' ' && out.back() != '\n') out += ' ';  // a run means one
    ++i;
  }
  return out;
}

}  // namespace todoku::mail
