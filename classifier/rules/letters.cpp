// SPDX-License-Identifier: Apache-2.0
#include "classifier/rules/letters.hpp"

#include <cstdint>

namespace todoku::rules {

namespace {

struct Decoded {
  std::uint32_t point = 0;
  std::size_t taken = 1;
  bool good = false;
};

// Two and three byte forms; the rest is passed through byte by byte.
Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto is_more = [&](std::size_t i) {
    return at + i < text.size() && (byte(i) & 0xC0U) == 0x80U;
  };
  if ((byte(0) & 0xE0U) == 0xC0U && is_more(1)) {
    return {((byte(0) & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2, true};
  }
  if ((byte(0) & 0xF0U) == 0xE0U && is_more(1) && is_more(2)) {
    return {((byte(0) & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3, true};
  }
  return {byte(0), 1, false};
}

bool is_between(std::uint32_t point, std::uint32_t low, std::uint32_t high) {
  return point >= low && point <= high;
}

std::uint32_t lower(std::uint32_t point) {
  if (is_between(point, 'A', 'Z')) return point + 0x20;
  if (is_between(point, 0xC0, 0xDE) && point != 0xD7) return point + 0x20;  // Latin with accents
  if (is_between(point, 0x391, 0x3A9)) return point + 0x20;                 // Greek
  if (is_between(point, 0x410, 0x42F)) return point + 0x20;                 // Cyrillic
  if (is_between(point, 0x400, 0x40F)) return point + 0x50;
  const bool even_is_upper = is_between(point, 0x100, 0x137) || is_between(point, 0x14A, 0x177);
  const bool odd_is_upper = is_between(point, 0x139, 0x148) || is_between(point, 0x179, 0x17E);
  if ((even_is_upper && point % 2 == 0) || (odd_is_upper && point % 2 == 1)) return point + 1;
  return point;
}

// What the point is written as; 0 = nothing.
std::uint32_t plain(std::uint32_t point) {
  if (point < 0x80) return point <= 0x20 || point == 0x7F ? ' ' : lower(point);
  switch (point) {
    case 0xA0:
    case 0x3000:
    case 0x202F:
    case 0x2028:
    case 0x2029:
      return ' ';
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0xB4:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0xAB:
    case 0xBB:
      return '"';
    case 0xAD:
    case 0xFEFF:
    case 0x200B:
    case 0x200C:
    case 0x200D:
      return 0;
    default:
      break;
  }
  if (is_between(point, 0x2000, 0x200A)) return ' ';
  if (is_between(point, 0x2010, 0x2015)) return '-';
  if (is_between(point, 0xFF01, 0xFF5E)) return lower(point - 0xFEE0);  // full-width ASCII
  return lower(point);
}

void encode(std::uint32_t point, Letter& into) {
  const auto put = [&](std::uint32_t byte) { into.bytes[into.size++] = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

}  // namespace

Letter letter_at(std::string_view text, std::size_t at) {
  Letter letter;
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    letter.bytes[0] = plain_ascii(first);
    letter.size = 1;
    return letter;
  }
  const auto decoded = decode(text, at);
  letter.taken = decoded.taken;
  if (!decoded.good) {
    letter.bytes[0] = text[at];
    letter.size = 1;
    return letter;
  }
  if (const auto point = plain(decoded.point); point != 0) encode(point, letter);
  return letter;
}

}  // namespace todoku::rules
