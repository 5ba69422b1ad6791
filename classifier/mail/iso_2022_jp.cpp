// SPDX-License-Identifier: Apache-2.0
// JIS X 0208 is a square of 94 rows; Shift_JIS has the same square folded, and the rows beyond the
// standard at the same places.
#include "classifier/mail/iso_2022_jp.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace todoku::mail {
namespace {

constexpr char broken = '\xff';

enum class Set : std::uint8_t {
  ascii,  // and JIS X 0201 Latin, which mail programs do not tell apart from it
  kana,   // half-width
  kanji,  // two octets each
  other,  // not in Shift_JIS
};

struct Escape {
  std::string_view octets;
  Set set;
};

// RFC 1468, RFC 1554, RFC 2237; kana as Microsoft's code pages 50220 to 50222 have them.
constexpr std::array<Escape, 13> escapes{{{"\x1b(B", Set::ascii},
                                          {"\x1b(J", Set::ascii},
                                          {"\x1b(H", Set::ascii},
                                          {"\x1b(I", Set::kana},
                                          {"\x1b$B", Set::kanji},
                                          {"\x1b$@", Set::kanji},
                                          {"\x1b$(B", Set::kanji},
                                          {"\x1b$(@", Set::kanji},
                                          {"\x1b&@", Set::kanji},
                                          {"\x1b$(", Set::other},
                                          {"\x1b$A", Set::other},
                                          {"\x1b.", Set::other},
                                          {"\x1bN", Set::other}}};

const Escape* escape_at(std::string_view text) {
  if (text.front() != '\x1b') return nullptr;
  const auto found = std::ranges::find_if(
      escapes, [text](const Escape& escape) { return text.starts_with(escape.octets); });
  return found == escapes.end() ? nullptr : found;
}

bool is_graphic(char c) {
  return c > ' ' && c < '\x7f';
}

void append_kanji(std::string& out, char row, char column) {
  const bool is_odd = row % 2 != 0;
  int lead = (row - 0x21) / 2 + 0x81;
  if (lead > 0x9f) lead += 0x40;  // half-width kana stand between
  const int skipped = column >= 0x60 ? 1 : 0;
  const int trail = is_odd ? column + 0x1f + skipped : column + 0x7e;
  out += static_cast<char>(lead);
  out += static_cast<char>(trail);
}

bool is_between(char c, unsigned first, unsigned last) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= first && octet <= last;
}

}  // namespace

std::optional<std::string> shift_jis_of(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  auto set = Set::ascii;
  while (!text.empty()) {
    if (const auto* escape = escape_at(text)) {
      set = escape->set;
      if (set == Set::other) return std::nullopt;
      text.remove_prefix(escape->octets.size());
      continue;
    }
    const char c = text.front();
    std::size_t size = 1;
    if (c == '\n') set = Set::ascii;
    if (static_cast<unsigned char>(c) >= 0x80) {
      out += broken;
    } else if (set == Set::ascii || !is_graphic(c)) {
      out += c;
    } else if (set == Set::kana) {
      out += static_cast<char>(c | 0x80);
    } else if (text.size() > 1 && is_graphic(text[1])) {
      append_kanji(out, c, text[1]);
      size = 2;
    } else {
      out += broken;
    }
    text.remove_prefix(size);
  }
  return out;
}

std::size_t broken_shift_jis_size(std::string_view text) {
  if (text.size() < 2) return 1;
  const bool is_lead = is_between(text[0], 0x81, 0x9f) || is_between(text[0], 0xe0, 0xfc);
  const bool is_trail = is_between(text[1], 0x40, 0x7e) || is_between(text[1], 0x80, 0xfc);
  return is_lead && is_trail ? 2 : 1;
}

}  // namespace todoku::mail
