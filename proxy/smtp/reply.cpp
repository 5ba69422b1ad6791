// SPDX-License-Identifier: Apache-2.0
// Replies in wire form, folded to 512 octets (RFC 5321 4.5.3.1.5), and peers' text made harmless.
#include "proxy/smtp/reply.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace todoku::smtp {

namespace {

constexpr std::size_t max_reply_line = 510;  // 512 with CRLF

unsigned char octet(char c) {
  return static_cast<unsigned char>(c);
}

bool is_continuation(char c) {
  return (octet(c) & 0xC0U) == 0x80U;
}

// Length of the well-formed UTF-8 character at the start of text, 0 if there is none (RFC 3629 4).
std::size_t utf8_length(std::string_view text) {
  const unsigned char first = octet(text[0]);
  std::size_t length = 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!is_continuation(text[i])) return 0;
  const unsigned char second = octet(text[1]);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return length;
}

bool is_control(std::string_view character) {
  const unsigned char first = octet(character[0]);
  if (first < 0x20 || first == 0x7F) return true;
  return first == 0xC2 && octet(character[1]) < 0xA0;  // C1 controls
}

// Where to cut text so that at most room octets stand in front: a space, else a character border.
std::size_t cut_position(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text.size();
  const std::size_t space = text.rfind(' ', room);
  if (space != std::string_view::npos && space > room / 2) return space;
  std::size_t cut = room;
  while (cut > 0 && is_continuation(text[cut])) --cut;
  return cut == 0 ? room : cut;
}

struct Head {
  std::array<char, 4> code{};
  std::string_view status;
};

void append_line(std::string& out, const Head& head, bool is_last, std::string_view text) {
  out.append(head.code.data(), 3);
  out += is_last ? ' ' : '-';
  if (!head.status.empty()) {
    out += head.status;
    if (!text.empty()) out += ' ';
  }
  const std::size_t begin = out.size();
  out += text;
  for (std::size_t i = begin; i < out.size(); ++i)
    if (octet(out[i]) < 0x20 || out[i] == 0x7F) out[i] = '?';
  out += "\r\n";
}

}  // namespace

void append_wire(std::string& out, const Reply& reply) {
  Head head;
  const int code = std::clamp(reply.code, 200, 599);
  std::to_chars(head.code.data(), head.code.data() + 3, code);
  head.status = std::string_view(reply.status).substr(0, 16);
  const std::size_t room = max_reply_line - 4 - (head.status.empty() ? 0 : head.status.size() + 1);
  std::string_view rest = reply.text;
  for (;;) {
    const std::size_t newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    const bool is_last_line = newline == std::string_view::npos;
    while (line.size() > room) {
      const std::size_t cut = cut_position(line, room);
      append_line(out, head, false, line.substr(0, cut));
      line.remove_prefix(cut);
      if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    }
    append_line(out, head, is_last_line, line);
    if (is_last_line) return;
    rest.remove_prefix(newline + 1);
  }
}

std::string to_line(const Reply& reply) {
  std::string line = std::to_string(reply.code);
  for (const std::string_view part : {std::string_view(reply.status), std::string_view(reply.text)})
    if (!part.empty()) line.append(1, ' ').append(part);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

std::string cleaned(std::string_view text, std::size_t max_bytes) {
  std::string result;
  result.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool is_safe = length > 0 && !is_control(text);
    if (result.size() + (is_safe ? length : 1) > max_bytes) break;
    if (is_safe)
      result += text.substr(0, length);
    else
      result += '?';
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace todoku::smtp
