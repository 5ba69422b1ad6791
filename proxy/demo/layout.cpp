// SPDX-License-Identifier: Apache-2.0
// A small line breaker for Japanese and English. It knows the marks that our own texts use, not all
// of Unicode.
#include "proxy/demo/layout.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace todoku::demo {

namespace {

struct Character {
  std::string_view bytes;
  std::uint32_t code = 0;
};

// The next character; a broken byte counts as one character of its own.
Character take(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first >= 0x80 && first < 0xC2) length = 1;
  if (length > text.size()) length = 1;
  std::uint32_t code = first;
  if (length > 1) code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const Character out{text.substr(0, length), code};
  text.remove_prefix(length);
  return out;
}

std::size_t width_of(std::uint32_t code) {
  // Combining marks take no column of their own.
  if ((code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F)) return 0;
  if (code < 0x00A1) return 1;
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 10> wide{{
      {0x1100, 0x115F},
      {0x2010, 0x206F},  // dashes, quotes, ellipsis: wide in Japanese terminals
      {0x2100, 0x27BF},  // arrows, circled numbers, box lines, symbols
      {0x2E80, 0xA4CF},
      {0xAC00, 0xD7A3},
      {0xF900, 0xFAFF},
      {0xFE30, 0xFE6F},
      {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6},
      {0x1F000, 0x3FFFD},
  }};
  for (const auto& [first, last] : wide) {
    if (code >= first && code <= last) return 2;
  }
  return 1;
}

bool may_not_begin_line(std::uint32_t code) {
  constexpr std::u32string_view marks =
      U"、。,.」』)]:;!?ー・ぁぃぅぇぉっゃゅょァィゥェォッャュョ)〕】、";
  return marks.find(static_cast<char32_t>(code)) != std::u32string_view::npos;
}

bool may_not_end_line(std::uint32_t code) {
  constexpr std::u32string_view marks = U"「『(([〔【";
  return marks.find(static_cast<char32_t>(code)) != std::u32string_view::npos;
}

bool is_katakana(std::uint32_t code) {
  return code >= 0x30A1 && code <= 0x30FC;
}

// Text that stays together, and whether a space stands before it.
struct Unit {
  std::string text;
  std::size_t width = 0;
  bool has_space_before = false;
};

std::vector<Unit> units_of(std::string_view line) {
  std::vector<Unit> units;
  bool has_space = false;
  bool previous_wide = true;
  bool sticks = false;  // the previous character may not end a line
  bool previous_katakana = false;
  while (!line.empty()) {
    const auto one = take(line);
    if (one.code == ' ') {
      has_space = true;
      sticks = false;
      continue;
    }
    const bool is_wide = width_of(one.code) == 2;
    const bool is_word = previous_katakana && is_katakana(one.code);
    const bool is_break = (is_wide || previous_wide) && !is_word;
    const bool begins =
        units.empty() || has_space || (is_break && !sticks && !may_not_begin_line(one.code));
    if (begins) units.push_back({{}, 0, has_space && !units.empty()});
    units.back().text += one.bytes;
    units.back().width += width_of(one.code);
    previous_wide = is_wide;
    sticks = may_not_end_line(one.code);
    previous_katakana = is_katakana(one.code);
    has_space = false;
  }
  return units;
}

// A word longer than a line is cut.
void append_long(std::vector<std::string>& lines, std::string_view word, std::size_t columns) {
  std::size_t used = columns;
  while (!word.empty()) {
    const auto one = take(word);
    const auto width = width_of(one.code);
    if (used + width > columns) {
      lines.emplace_back();
      used = 0;
    }
    lines.back() += one.bytes;
    used += width;
  }
}

void wrap_line(std::vector<std::string>& lines, std::string_view line, std::size_t columns) {
  lines.emplace_back();
  std::size_t used = 0;
  for (const auto& unit : units_of(line)) {
    const std::size_t space = unit.has_space_before && used > 0 ? 1 : 0;
    if (used > 0 && used + space + unit.width > columns) {
      lines.emplace_back();
      used = 0;
    } else if (space > 0) {
      lines.back() += ' ';
      ++used;
    }
    if (unit.width > columns) {
      if (lines.back().empty()) lines.pop_back();
      append_long(lines, unit.text, columns);
      used = display_width(lines.back());
      continue;
    }
    lines.back() += unit.text;
    used += unit.width;
  }
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) width += width_of(take(utf8).code);
  return width;
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t columns) {
  std::vector<std::string> lines;
  for (;;) {
    const auto end = utf8.find('\n');
    wrap_line(lines, utf8.substr(0, end), columns);
    if (end == std::string_view::npos) return lines;
    utf8.remove_prefix(end + 1);
  }
}

std::string paragraph(std::string_view utf8, std::size_t indent) {
  std::string out;
  for (const auto& line : wrap(utf8, terminal_columns - indent)) {
    if (!line.empty()) out += std::string(indent, ' ') + line;
    out += '\n';
  }
  return out;
}

std::string padded(std::string_view utf8, std::size_t columns) {
  std::string out(utf8);
  const auto width = display_width(utf8);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

}  // namespace todoku::demo
