// SPDX-License-Identifier: Apache-2.0
// Nothing in a mail says what is quoted; these are the marks that mail programs leave.
#include "proxy/checks/own_words.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/html_text.hpp"

#include <algorithm>
#include <array>
#include <bitset>

namespace todoku::checks {
namespace {

constexpr std::size_t longest_html = 262144;

// The lines that end one's own words. Most lines are told apart by their first and last octet.
class EndMarks {
 public:
  explicit EndMarks(const Lists& lists) : lists_(lists) {
    for (const auto& mark : lists.quote_begins) firsts_.set(place_of(mark.front()));
    for (const auto& mark : lists.quote_ends) lasts_.set(place_of(mark.back()));
  }

  // line: without blanks around it.
  [[nodiscard]] bool begin_quotation(std::string_view line) const {
    if (line.empty()) return false;
    const auto begins = [line](const std::string& mark) { return mail::begins_with(line, mark); };
    const auto ends = [line](std::string_view mark) {
      return line.size() >= mark.size() &&
             mail::same_word(line.substr(line.size() - mark.size()), mark);
    };
    return (firsts_.test(place_of(line.front())) &&
            std::ranges::any_of(lists_.quote_begins, begins)) ||
           (lasts_.test(place_of(line.back())) && std::ranges::any_of(lists_.quote_ends, ends));
  }

 private:
  static std::size_t place_of(char c) { return static_cast<unsigned char>(mail::lower(c)); }

  const Lists& lists_;
  std::bitset<256> firsts_, lasts_;
};

// A signature: "-- " (RFC 3676 4.3), or the ruler that Japanese signatures begin with.
bool begins_signature(std::string_view raw, std::string_view line) {
  if (raw == "-- " || line == "--") return true;
  constexpr std::array<std::string_view, 10> signs{"-", "=", "*",  "_", "～",
                                                   "━", "─", "＊", "―", "＝"};
  constexpr std::size_t fewest = 8;
  if (line.size() < fewest) return false;
  const bool is_wide = static_cast<unsigned char>(line.front()) >= 0x80;
  const auto sign = line.substr(0, is_wide ? 3 : 1);
  if (std::ranges::find(signs, sign) == signs.end()) return false;
  std::size_t count = 0;
  for (; line.starts_with(sign); ++count) line.remove_prefix(sign.size());
  return line.empty() && count >= fewest;
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
  const EndMarks ends(lists);
  std::string own;
  own.reserve(text.size() + 1);
  while (!text.empty()) {
    const auto raw = mail::take_line(text);
    const auto line = mail::trim(raw);
    if (begins_signature(raw, line) && !mail::trim(own).empty()) break;
    if (ends.begin_quotation(line)) break;
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
