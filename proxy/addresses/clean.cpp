// SPDX-License-Identifier: Apache-2.0
// Width is folded, not meaning: NFKC would rewrite letters that an internationalised local part
// (RFC 6531) may hold.
#include "proxy/addresses/clean.hpp"

#include "proxy/addresses/unicode.hpp"

#include <algorithm>
#include <array>

namespace todoku::addresses {
namespace {

constexpr std::array<std::string_view, 12> honorifics{"様", "さま", "さん", "殿",   "御中", "先生",
                                                      "宛", "へ",   "行",   "各位", "君",   "氏"};
constexpr std::array<std::pair<char, char>, 6> pairs{
    {{'<', '>'}, {'(', ')'}, {'[', ']'}, {'{', '}'}, {'\'', '\''}, {'`', '`'}}};

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool ends_quoted_local(std::string_view text) {
  return text.starts_with('"') && text.find("\"@", 1) != std::string_view::npos;
}

class Cleaner {
 public:
  explicit Cleaner(std::string_view text) : text_(text) {}

  Cleaned run() {
    fold_letters();
    trim_blanks();
    if (!ends_quoted_local(text_)) {
      take_out_of_angles();
      take_out_of_remarks();
      // Layers lie on each other in any order: "(a@example.jp) 様".
      for (int layer = 0; layer < 4 && strip_layer(); ++layer) trim_blanks();
    }
    close_gaps();
    mend_domain();
    return {std::move(text_), changed_};
  }

 private:
  std::string text_;
  Reason changed_ = Reason::none;

  void note(Reason reason) {
    if (changed_ == Reason::none) changed_ = reason;
  }

  void replace(std::string text, Reason reason) {
    if (text == text_) return;
    text_ = std::move(text);
    note(reason);
  }

  // Invisible letters go, every blank becomes one kind, full-width ASCII and Japanese stops become
  // ASCII. The middle dot counts as a stop only behind the @: names have it.
  void fold_letters() {
    std::string out;
    bool is_behind_at = false;
    Reason reason = Reason::none;
    for (std::size_t i = 0; i < text_.size();) {
      const auto letter = letter_at(text_, i);
      const auto here = i;
      i += letter.size;
      if (!letter.is_valid) {
        out += text_[here];
        continue;
      }
      // A wide bullet or bracket before everything is none of the address.
      const bool is_wide_mark = narrowed(letter.code) != letter.code &&
                                !is_alnum(static_cast<char>(narrowed(letter.code)));
      if (out.empty() && is_wide_mark && letter.code != 0xFF20) {
        note(Reason::pasted);
        continue;
      }
      const auto code = folded(letter.code, is_behind_at, !out.empty() && is_alnum(out.back()),
                               i < text_.size() && is_alnum(text_[i]));
      is_behind_at = is_behind_at || code == '@';
      if (code != letter.code && reason == Reason::none) reason = reason_for(letter.code);
      if (code != 0) append(out, code);
    }
    if (out == text_) return;
    text_ = std::move(out);
    note(reason);
  }

  static char32_t folded(char32_t code, bool is_behind_at, bool follows_ascii,
                         bool precedes_ascii) {
    if (is_invisible(code)) return 0;
    if (is_blank(code)) return ' ';
    if (code == 0x3002 || code == 0xFF61) return '.';
    if (code == 0x3001 || code == 0xFF64) return ',';
    if (code == 0xFE6B) return '@';
    if (code == 0xFE52 || code == 0x2024) return '.';
    const bool is_middle_dot = code == 0x30FB || code == 0xFF65 || code == 0xB7;
    if (is_middle_dot && is_behind_at) return '.';
    if (is_dash(code) && follows_ascii && precedes_ascii) return '-';
    return narrowed(code);
  }

  static Reason reason_for(char32_t code) {
    if (is_invisible(code) || is_blank(code)) return Reason::blanks;
    return narrowed(code) != code ? Reason::full_width : Reason::wrong_stop;
  }

  void trim_blanks() {
    const auto begin = text_.find_first_not_of(' ');
    const auto end = text_.find_last_not_of(' ');
    if (begin == std::string::npos) return replace({}, Reason::blanks);
    replace(text_.substr(begin, end - begin + 1), Reason::blanks);
  }

  // "Taro <a@example.jp>", "<a@example.jp", "a@example.jp>".
  void take_out_of_angles() {
    const auto open = text_.rfind('<');
    if (open != std::string::npos && text_.find('@', open) != std::string::npos)
      replace(text_.substr(open + 1), Reason::pasted);
    const auto close = text_.find('>');
    if (close != std::string::npos && text_.rfind('@', close) != std::string::npos)
      replace(text_.substr(0, close), Reason::pasted);
  }

  // "山田（a@example.jp）", "a@example.jp (山田)", "山田 a@example.jp", "a@example.jp?subject=...".
  void take_out_of_remarks() {
    const auto at = text_.find('@');
    if (at == std::string::npos || at != text_.rfind('@') || text_[at + 1] == '[') return;
    if (const auto query = text_.find('?', at); query != std::string::npos)
      replace(text_.substr(0, query), Reason::pasted);
    const auto open = text_.find_first_of("([", at);
    if (open != std::string::npos && open > at + 1 && text_.find_last_of(")]") == text_.size() - 1)
      replace(text_.substr(0, open), Reason::pasted);
    if (const auto before = text_.find_last_of("( ", at); before != std::string::npos) {
      const auto name = std::string_view(text_).substr(0, before);
      const bool is_name = std::ranges::none_of(name, is_alnum) && before + 1 < at;
      if (is_name) replace(text_.substr(before + 1), Reason::pasted);
    }
    trim_blanks();
  }

  bool strip_layer() {
    const auto before = text_.size();
    strip_label();
    strip_pair();
    strip_end();
    strip_begin();
    return text_.size() != before;
  }

  // "To: ", "mailto:", "E-mail：": a colon cannot stand before the @ of a bare address.
  void strip_label() {
    const auto at = text_.find('@');
    if (at == std::string::npos) return;
    const auto colon = text_.rfind(':', at);
    if (colon == std::string::npos || text_.find('"') < colon) return;
    replace(text_.substr(colon + 1), Reason::pasted);
  }

  void strip_pair() {
    if (text_.size() < 3) return;
    for (const auto& [open, close] : pairs)
      if (text_.front() == open && text_.back() == close)
        return replace(text_.substr(1, text_.size() - 2), Reason::pasted);
  }

  void strip_end() {
    while (!text_.empty()) {
      const std::string_view text(text_);
      const auto* title = std::ranges::find_if(
          honorifics, [text](std::string_view word) { return text.ends_with(word); });
      if (title != honorifics.end() && text.size() > title->size()) {
        replace(std::string(text.substr(0, text.size() - title->size())), Reason::pasted);
        continue;
      }
      const auto last = last_letter(text);
      constexpr std::string_view remains = "\"'>)]},;:/\\!?*|` ";
      const bool is_literal = last.code == ']' && text.find("@[") != std::string_view::npos;
      const bool is_remain = last.code < 0x80 && !is_literal &&
                             remains.find(static_cast<char>(last.code)) != std::string_view::npos;
      if (!is_remain && !(last.is_valid && is_mark(last.code))) break;
      replace(text_.substr(0, text_.size() - last.size), Reason::pasted);
    }
    // The full stop of a sentence; dots inside are mended with the domain.
    if (const auto end = text_.find_last_not_of('.'); end != std::string::npos)
      replace(text_.substr(0, end + 1), Reason::dots);
  }

  void strip_begin() {
    while (!text_.empty() && !ends_quoted_local(text_)) {
      const auto first = letter_at(text_, 0);
      constexpr std::string_view remains = "\"([<>)],;:\\ ";
      const bool is_remain = first.code < 0x80 &&
                             remains.find(static_cast<char>(first.code)) != std::string_view::npos;
      if (!is_remain && !(first.is_valid && is_mark(first.code))) return;
      replace(text_.substr(first.size), Reason::pasted);
    }
  }

  // Blanks beside @, dots and hyphens belong to nothing.
  void close_gaps() {
    if (text_.find(' ') == std::string::npos || ends_quoted_local(text_)) return;
    std::string out;
    const auto is_joint = [](char c) { return c == '@' || c == '.' || c == '-' || c == ','; };
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] != ' ') {
        out += text_[i];
        continue;
      }
      const auto next = text_.find_first_not_of(' ', i);
      const bool joins_next = next != std::string::npos && is_joint(text_[next]);
      const bool joins_last = !out.empty() && is_joint(out.back());
      if (!joins_next && !joins_last) out += ' ';
      i = next == std::string::npos ? text_.size() : next - 1;
    }
    replace(std::move(out), Reason::blanks);
  }

  // Behind a single @: other stops become dots, and no dot stands twice or at an end.
  void mend_domain() {
    const auto at = text_.rfind('@');
    if (at == std::string::npos || text_.substr(at + 1).starts_with('[')) return;
    if (text_.find('@') != at && !ends_quoted_local(text_)) return;
    std::string domain = text_.substr(at + 1);
    domain.erase(0, domain.find_first_not_of("#*!'\"([{<"));
    const auto is_stop = [](char c) { return c == ',' || c == ';' || c == '/' || c == ':'; };
    const bool has_other_stop = std::ranges::any_of(domain, is_stop);
    std::ranges::replace_if(domain, is_stop, '.');
    std::string mended;
    for (const char c : domain) {
      const bool is_doubled = c == '.' && (mended.empty() || mended.back() == '.');
      if (!is_doubled) mended += c;
    }
    while (mended.ends_with('.')) mended.pop_back();
    const auto reason = has_other_stop ? Reason::wrong_stop : Reason::dots;
    replace(text_.substr(0, at + 1) + mended, reason);
  }
};

}  // namespace

bool is_plain(std::string_view text) {
  bool has_at = false;
  char before = '.';
  for (const char c : text) {
    if (c == '@') {
      if (has_at) return false;
      has_at = true;
    } else if (c == '.') {
      if (has_at && (before == '.' || before == '@')) return false;
    } else if (!is_alnum(c) && c != '-' && c != '_' && c != '+') {
      return false;
    }
    before = c;
  }
  return has_at && before != '.';
}

Cleaned clean(std::string_view text) {
  if (is_plain(text)) return {std::string(text), Reason::none};
  return Cleaner(text).run();
}

}  // namespace todoku::addresses
