// SPDX-License-Identifier: Apache-2.0
// ISO-2022-JP is RFC 1468: ASCII, JIS X 0201 Roman and JIS X 0208, no half-width kana, and of JIS X
// 0208 not the rows 9 to 15 and 85 to 94, where makers of computers put their own characters.
#include "proxy/checks/charset_lint.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"

#include <array>

namespace todoku::checks {
namespace {

unsigned char octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The first octet at or behind the place that is no ASCII; the size when there is none.
std::size_t next_high(std::string_view text, std::size_t at) {
  return at + mail::ascii_prefix(text.substr(at));
}

struct Notes {
  CharsetLint result;

  void note(std::uint64_t& what, std::size_t at) {
    if (result.wrong + result.half_kana + result.machine == 0) result.first = at;
    ++what;
  }
  void wrong(std::size_t at) { note(result.wrong, at); }
};

void lint_ascii(std::string_view text, Notes& notes) {
  for (auto i = next_high(text, 0); i < text.size(); i = next_high(text, i + 1)) notes.wrong(i);
}

// Octets of the character at the place, which is no ASCII; 0 = it is none.
std::size_t utf8_size(std::string_view text, std::size_t at) {
  const auto lead = octet(text, at);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  for (std::size_t i = 1; i < size; ++i) {
    if (at + i >= text.size() || (octet(text, at + i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

void lint_utf8(std::string_view text, bool is_cut, Notes& notes) {
  const auto good = mail::valid_utf8_prefix(text);
  for (auto i = next_high(text, good); i < text.size(); i = next_high(text, i)) {
    const auto size = utf8_size(text, i);
    if (size == 0 && !(is_cut && i + 4 > text.size())) notes.wrong(i);
    i += size == 0 ? 1 : size;
  }
}

bool is_machine_row(int row) {
  return (row >= 9 && row <= 15) || row >= 85;
}

enum class JisSet : std::uint8_t {
  ascii,
  kanji,
  kana
};

// What an escape sequence switches to; size 0 = not known here.
struct Escape {
  std::string_view sequence;
  JisSet set;
};
constexpr std::array<Escape, 5> escapes{{{"\x1b(B", JisSet::ascii},
                                         {"\x1b(J", JisSet::ascii},
                                         {"\x1b$B", JisSet::kanji},
                                         {"\x1b$@", JisSet::kanji},
                                         {"\x1b(I", JisSet::kana}}};

const Escape* escape_at(std::string_view text) {
  for (const auto& escape : escapes) {
    if (text.starts_with(escape.sequence)) return &escape;
  }
  return nullptr;
}

// The first octet at or behind the place that is no ordinary character of the set.
std::size_t behind_ordinary(std::string_view text, std::size_t at, JisSet set) {
  if (set == JisSet::ascii) {
    while (at < text.size() && text[at] != '\x1b' && octet(text, at) < 0x80) ++at;
  } else if (set == JisSet::kanji) {
    const auto is_ordinary = [text](std::size_t i) {
      const int row = octet(text, i) - 0x20;
      return row > 0 && !is_machine_row(row) && octet(text, i + 1) > 0x20;
    };
    while (at + 2 <= text.size() && is_ordinary(at)) at += 2;
  }
  return at;
}

void lint_jis(std::string_view text, bool is_cut, Notes& notes) {
  auto set = JisSet::ascii;
  for (auto i = behind_ordinary(text, 0, set); i < text.size(); i = behind_ordinary(text, i, set)) {
    const auto c = octet(text, i);
    if (c == 0x1b) {
      const auto* escape = escape_at(text.substr(i));
      if (escape == nullptr && !(is_cut && i + 3 > text.size())) notes.wrong(i);
      if (escape != nullptr) set = escape->set;
      i += escape == nullptr ? 1 : escape->sequence.size();
    } else if (c == '\n') {
      set = JisSet::ascii;  // each line begins in ASCII (RFC 1468)
      ++i;
    } else if (c >= 0x80) {
      notes.wrong(i++);
    } else if (set == JisSet::kana) {
      notes.note(notes.result.half_kana, i++);
    } else if (set == JisSet::kanji) {
      if (i + 1 >= text.size() || c < 0x21 || octet(text, i + 1) < 0x21) {
        if (!is_cut || i + 2 < text.size()) notes.wrong(i);
      } else if (is_machine_row(c - 0x20)) {
        notes.note(notes.result.machine, i);
      }
      i += 2;
    } else {
      ++i;
    }
  }
}

void lint_shift_jis(std::string_view text, bool is_cut, Notes& notes) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = octet(text, i);
    if (c < 0x80 || (c >= 0xa1 && c <= 0xdf)) {
      ++i;  // half-width kana belong to this charset
      continue;
    }
    const auto next = i + 1 < text.size() ? octet(text, i + 1) : 0;
    const bool is_pair =
        c != 0x80 && c != 0xa0 && c <= 0xfc && next >= 0x40 && next <= 0xfc && next != 0x7f;
    if (!is_pair && !(is_cut && i + 1 >= text.size())) notes.wrong(i);
    i += is_pair ? 2 : 1;
  }
}

void lint_euc(std::string_view text, bool is_cut, Notes& notes) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = octet(text, i);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t size = c == 0x8f ? 3 : 2;
    bool is_whole = i + size <= text.size() && (c == 0x8e || c == 0x8f || c >= 0xa1);
    for (std::size_t k = 1; is_whole && k < size; ++k) is_whole = octet(text, i + k) >= 0xa1;
    if (!is_whole && !(is_cut && i + size > text.size())) notes.wrong(i);
    i += is_whole ? size : 1;
  }
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const auto one : names) {
    if (mail::same_word(name, one)) return true;
  }
  return false;
}

}  // namespace

CharsetLint lint(std::string_view octets, std::string_view charset, bool is_cut) {
  Notes notes;
  notes.result.is_known = true;
  if (charset.empty() || is_one_of(charset, {"us-ascii", "ascii"})) {
    lint_ascii(octets, notes);
  } else if (is_one_of(charset, {"utf-8", "utf8"})) {
    lint_utf8(octets, is_cut, notes);
  } else if (is_one_of(charset, {"iso-2022-jp"})) {
    lint_jis(octets, is_cut, notes);
  } else if (is_one_of(charset,
                       {"shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "windows-31j"})) {
    lint_shift_jis(octets, is_cut, notes);
  } else if (is_one_of(charset, {"euc-jp", "x-euc-jp"})) {
    lint_euc(octets, is_cut, notes);
  } else {
    notes.result.is_known = false;
  }
  return notes.result;
}

}  // namespace todoku::checks
