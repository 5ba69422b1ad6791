// SPDX-License-Identifier: Apache-2.0
// Encoders only; reading mail belongs to classifier/mail.
#include "proxy/delivery/mime_text.hpp"

#include "proxy/smtp/login.hpp"

#include <algorithm>
#include <cstddef>

namespace todoku::delivery {

namespace {

constexpr std::size_t columns = 76;
constexpr std::size_t longest_word = 900;  // of a field without any space

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// At most so many bytes, not ending inside a UTF-8 character.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t size = most;
  while (size > 0 && most - size < 4 && continues_character(text[size])) --size;
  return size == 0 || continues_character(text[size]) ? most : size;
}

void append_quoted(std::string& line, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  line += '=';
  line += digits[byte >> 4U];
  line += digits[byte & 15U];
}

void append_quoted_line(std::string& out, std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool ends = at + 1 == text.size();
    const bool is_safe = c > ' ' && c <= '~' && c != '=';
    const bool is_space = (c == ' ' || c == '\t') && !ends;  // trailing ones get lost on the way
    if (line.size() + 3 >= columns) {
      out += line + "=\r\n";
      line.clear();
    }
    if (is_safe || is_space) {
      line += c;
    } else {
      append_quoted(line, c);
    }
  }
  out += line + "\r\n";
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string made(text);
  std::ranges::replace_if(
      made, [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }, ' ');
  return made;
}

std::string encoded_words(std::string_view text) {
  auto rest_of = one_line(text);
  std::string_view rest = rest_of;
  const bool can_stay = is_plain(rest) && rest.size() < 60 && rest.find("=?") == rest.npos;
  if (can_stay) return rest_of;
  std::string made;
  while (!rest.empty()) {
    const auto size = whole_characters(rest, 42);  // 75 columns at most (RFC 2047 2)
    if (!made.empty()) made += "\r\n ";
    made += "=?UTF-8?B?" + smtp::encode_base64(rest.substr(0, size)) + "?=";
    rest.remove_prefix(size);
  }
  return made;
}

std::string folded_field(std::string_view name, std::string_view value) {
  auto text = one_line(value);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  std::string made = std::string(name) + ":";
  std::size_t column = made.size();
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto word = rest.substr(0, std::min({rest.find(' '), longest_word, rest.size()}));
    rest.remove_prefix(word.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (word.empty()) continue;
    const bool is_first = column == name.size() + 1 && made.size() == column;
    if (!is_first && column + 1 + word.size() > columns) {
      made += "\r\n";
      column = 0;
    }
    made += ' ';
    made += word;
    column += 1 + word.size();
  }
  return made + "\r\n";
}

std::string base64_body(std::string_view bytes) {
  std::string made;
  for (std::size_t at = 0; at < bytes.size(); at += 57) {
    made += smtp::encode_base64(bytes.substr(at, 57)) + "\r\n";
  }
  return made;
}

std::string quoted_printable_body(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    append_quoted_line(made, line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return made;
}

}  // namespace todoku::delivery
