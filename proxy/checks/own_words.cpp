// SPDX-License-Identifier: Apache-2.0
// Nothing in a mail says what is quoted; these are the marks that mail programs leave.
#include "proxy/checks/own_words.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/html_text.hpp"

#include <algorithm>
#include <array>

namespace todoku::checks {
namespace {

constexpr std::size_t longest_html = 262144;

bool begins_quotation(std::string_view line, const Lists& lists) {
  const auto begins = [line](const std::string& mark) { return mail::begins_with(line, mark); };
  const auto ends = [line](std::string_view mark) {
    return line.size() >= mark.size() &&
           mail::same_word(line.substr(line.size() - mark.size()), mark);
  };
  return std::ranges::any_of(lists.quote_begins, begins) ||
         std::ranges::any_of(lists.quote_ends, ends);
}

// A signature: "-- " (RFC 3676 4.3), or the ruler that Japanese signatures begin with.
bool begins_signature(std::string_view raw, std::string_view line) {
  if (raw == "-- " || line == "--") return true;
  constexpr std::array<std::string_view, 10> rulers{"-", "=", "*",  "_", "～",
                                                    "━", "─", "＊", "―", "＝"};
  return std::ranges::any_of(rulers, [line](std::string_view sign) {
    std::size_t count = 0;
    auto rest = line;
    for (; rest.starts_with(sign); ++count) rest.remove_prefix(sign.size());
    return rest.empty() && count >= 8;
  });
}

// Where the quotation begins that a mail program put below the answer.
std::size_t html_quotation(std::string_view html) {
  constexpr std::array<std::string_view, 8> marks{
      "<blockquote",       "gmail_quote",   "moz-cite-prefix",  "moz-signature",
      "id=\"appendonsend", "divrplyfwdmsg", "moz-forward-cont", "id=\"mail-editor-reference"};
  auto first = html.size();
  for (const auto mark : marks)
    first = std::min(first, mail::find_word(html.substr(0, first), mark));
  if (first >= html.size()) return html.size();
  const auto tag = html.rfind('<', first);
  return tag == std::string_view::npos ? first : tag;
}

}  // namespace

std::string own_words(std::string_view text, const Lists& lists, std::size_t max_size) {
  text = mail::cut_utf8(text, max_size);
  std::string own;
  while (!text.empty()) {
    const auto raw = mail::take_line(text);
    const auto line = mail::trim(raw);
    if (begins_signature(raw, line) && !mail::trim(own).empty()) break;
    if (begins_quotation(line, lists)) break;
    const bool is_quoted = line.starts_with('>') || line.starts_with("＞") || line.starts_with('|');
    if (is_quoted) continue;
    own += raw;
    own += '\n';
  }
  return own;
}

std::string own_words_of_html(std::string_view html, const Lists& lists) {
  html = mail::cut_utf8(html, longest_html);
  const auto own = html.substr(0, html_quotation(html));
  return own_words(mail::text_from_html(own, longest_html), lists);
}

}  // namespace todoku::checks
