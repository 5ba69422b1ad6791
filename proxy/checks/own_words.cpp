// SPDX-License-Identifier: Apache-2.0
// Nothing in a mail says what is quoted; these are the marks that mail programs leave.
#include "proxy/checks/own_words.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/html_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace todoku::checks {
namespace {

constexpr std::size_t longest_html = 262144;

// What the rulers of signatures are made of, and what quoted lines begin with.
constexpr std::array<std::string_view, 11> ruler_signs{"-", "=", "*",  "_", "～", "〜",
                                                       "━", "─", "＊", "―", "＝"};
constexpr std::array<std::string_view, 3> quoted_signs{">", "＞", "|"};

// "-- " (RFC 3676 4.3), or the ruler that Japanese signatures begin with.
bool begins_signature(std::string_view raw, std::string_view line) {
  if (raw == "-- " || line == "--") return true;
  constexpr std::size_t fewest = 8;
  if (line.size() < fewest) return false;
  const bool is_wide = static_cast<unsigned char>(line.front()) >= 0x80;
  const auto sign = line.substr(0, is_wide ? 3 : 1);
  if (std::ranges::find(ruler_signs, sign) == ruler_signs.end()) return false;
  std::size_t count = 0;
  for (; line.starts_with(sign); ++count) line.remove_prefix(sign.size());
  return line.empty() && count >= fewest;
}

enum class Line : std::uint8_t {
  own,
  quoted,
  signature,  // begins one
  quotation,  // begins one; all below is not one's own
};

// Tells lines apart. Its tables say what a line may be by its first or last octet, and that is
// nothing but own for most.
class LineKinds {
 public:
  explicit LineKinds(const Lists& lists) : lists_(lists) {
    for (const auto& mark : lists.quote_begins) first(mark) |= bit(Line::quotation);
    for (const auto& mark : lists.quote_ends) may_end_[place_of(mark.back())] = true;
    for (const auto sign : ruler_signs) first(sign) |= bit(Line::signature);
    for (const auto sign : quoted_signs) first(sign) |= bit(Line::quoted);
  }

  // raw: with the blanks around it.
  [[nodiscard]] Line kind_of(std::string_view raw) const {
    const auto line = mail::trim(raw);
    if (line.empty()) return Line::own;
    if (may_end_[place_of(line.back())] && ends_as_quotation(line)) return Line::quotation;
    const auto may_be = may_begin_[place_of(line.front())];
    if (may_be == 0) return Line::own;
    const auto is = [line](std::string_view mark) { return mail::begins_with(line, mark); };
    if ((may_be & bit(Line::quotation)) != 0 && std::ranges::any_of(lists_.quote_begins, is))
      return Line::quotation;
    if ((may_be & bit(Line::signature)) != 0 && begins_signature(raw, line)) return Line::signature;
    if ((may_be & bit(Line::quoted)) != 0 && std::ranges::any_of(quoted_signs, is))
      return Line::quoted;
    return Line::own;
  }

 private:
  static std::size_t place_of(char c) { return static_cast<unsigned char>(mail::lower(c)); }
  static unsigned bit(Line kind) { return 1U << static_cast<unsigned>(kind); }
  unsigned& first(std::string_view mark) { return may_begin_[place_of(mark.front())]; }

  [[nodiscard]] bool ends_as_quotation(std::string_view line) const {
    return std::ranges::any_of(lists_.quote_ends, [line](std::string_view mark) {
      return line.size() >= mark.size() &&
             mail::same_word(line.substr(line.size() - mark.size()), mark);
    });
  }

  const Lists& lists_;
  std::array<unsigned, 256> may_begin_{};
  std::array<bool, 256> may_end_{};
};

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

std::string_view own_words(std::string_view text, const Lists& lists, std::string& storage,
                           std::size_t max_size) {
  text = mail::cut_utf8(text, max_size);
  const LineKinds kinds(lists);
  storage.clear();
  std::size_t from = 0, end = text.size();  // own lines that are not in storage
  for (auto rest = text; !rest.empty();) {
    const auto begin = text.size() - rest.size();
    const auto kind = kinds.kind_of(mail::take_line(rest));
    if (kind == Line::own) continue;
    const auto own = text.substr(from, begin - from);
    if (kind == Line::quoted) {
      storage += own;
      from = text.size() - rest.size();
      continue;
    }
    // A ruler above all words is none of a signature.
    if (kind == Line::signature && mail::trim(own).empty() && mail::trim(storage).empty()) continue;
    end = begin;
    break;
  }
  const auto own = text.substr(from, end - from);
  if (storage.empty()) return own;
  storage += own;
  return storage;
}

std::string own_words_of_html(std::string_view html, const Lists& lists) {
  html = mail::cut_utf8(html, longest_html);
  const auto text = mail::text_from_html(html.substr(0, html_quotation(html)), longest_html);
  std::string storage;
  return std::string(own_words(text, lists, storage));
}

}  // namespace todoku::checks
