// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/address.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::is_digit;
using mail::is_letter;
using mail::trim;

constexpr std::size_t max_address = 320;  // RFC 3696: 64 + 1 + 255

bool is_local_char(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&*+-/=?^_`{|}~.'").find(c) != std::string_view::npos;
}

bool is_domain_char(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_single(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Does a character of three octets or more begin so? Kana and kanji do, accented letters do not.
bool is_wide(char lead) {
  return static_cast<unsigned char>(lead) >= 0xe0;
}

std::string_view character_before(std::string_view text, std::size_t end) {
  std::size_t size = 1;
  while (size < 4 && size < end && mail::is_continuation(text[end - size])) ++size;
  return text.substr(end - size, size);
}

std::string_view character_at(std::string_view text, std::size_t begin) {
  std::size_t size = 1;
  while (!is_single(text[begin]) && size < 4 && begin + size < text.size() &&
         mail::is_continuation(text[begin + size]))
    ++size;
  return text.substr(begin, size);
}

// Blanks, brackets, stops and quotes beyond ASCII, which are in no address: up to U+00BF, U+2000 to
// U+207F, U+3000 to U+303F but for the three that are letters, U+FF00 to U+FF65.
bool is_sign(std::string_view character) {
  for (const std::string_view letter : {"々", "〆", "〇"})
    if (character == letter) return false;
  for (const std::string_view begin : {"\xc2", "\xe2\x80", "\xe2\x81", "\xe3\x80", "\xef\xbc"})
    if (character.starts_with(begin)) return true;
  return character >= "\xef\xbd\x80" && character <= "\xef\xbd\xa5";
}

// Where the domain from begin to end stops when a sentence goes on right behind it: an ending
// in Latin letters has no kana or kanji in it.
std::size_t last_label_end(std::string_view text, std::size_t begin, std::size_t end) {
  const auto domain = text.substr(begin, end - begin);
  const auto label = begin + domain.rfind('.') + 1;  // npos + 1 is 0
  if (label >= end || !is_single(text[label])) return end;
  for (auto at = label; at < end; ++at)
    if (is_wide(text[at])) return at;
  return end;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// RFC 3461 xtext ("+40" is "@"), and RFC 6533's "\x{40}". Only where it makes an address of it: a
// "+" is common in addresses.
std::string decode_xtext(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (text[i] == '+' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out.find('@') == std::string::npos ? std::string(text) : out;
}

std::size_t local_begin(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '"') {  // "a b"@example
    const auto quote = at >= 2 ? text.rfind('"', at - 2) : std::string_view::npos;
    return quote == std::string_view::npos ? at : quote;
  }
  const bool is_latin = at > 0 && is_single(text[at - 1]);
  std::size_t begin = at;
  while (begin > 0 && at - begin < max_address) {
    const auto character = character_before(text, begin);
    const bool belongs = character.size() == 1
                             ? is_local_char(character.front())
                             : !is_sign(character) && !(is_latin && is_wide(character.front()));
    if (!belongs) break;
    begin -= character.size();
  }
  while (begin < at && (text[begin] == '\'' || text[begin] == '|')) ++begin;
  return begin;
}

std::size_t domain_end(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end < text.size() && text[end] == '[') {
    const auto close = text.find(']', end);
    return close == std::string_view::npos ? at + 1 : close + 1;
  }
  while (end < text.size() && end - at < max_address) {
    const auto character = character_at(text, end);
    if (character.size() == 1 ? !is_domain_char(character.front()) : is_sign(character)) break;
    end += character.size();
  }
  end = last_label_end(text, at + 1, end);
  while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  return end;
}

}  // namespace

std::string_view bare_address(std::string_view text) {
  text = trim(text);
  if (const auto open = text.find('<'); open != std::string_view::npos) {
    const auto close = text.find('>', open);
    text = text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
  }
  text = trim(text);
  if (begins_with(text, "mailto:")) text.remove_prefix(7);
  if (text.starts_with('@')) {  // a source route: @relay:user@host
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
  }
  while (!text.empty() && std::string_view(".,;:)'\">").find(text.back()) != text.npos) {
    text.remove_suffix(1);
  }
  while (!text.empty() && std::string_view("('\"").find(text.front()) != text.npos &&
         text.find("\"@") == text.npos) {
    text.remove_prefix(1);
  }
  return trim(text).substr(0, max_address);
}

std::string address_in_field(std::string_view value) {
  value = trim(value);
  // "rfc822;", "utf-8;", and Mimecast's "rfc/822;": a short word in front
  if (const auto semicolon = value.find(';');
      semicolon != std::string_view::npos && semicolon < 12 &&
      value.substr(0, semicolon).find('@') == std::string_view::npos) {
    value.remove_prefix(semicolon + 1);
  }
  const auto address = decode_xtext(bare_address(value));
  if (address.find('@') == std::string::npos && address.find_first_of("/| ") != std::string::npos) {
    return {};
  }
  if (address.starts_with('|') || address.starts_with('/') || address.starts_with(':')) return {};
  return address;
}

std::optional<FoundAddress> find_address(std::string_view text, std::size_t from) {
  for (auto at = text.find('@', from); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const auto begin = local_begin(text, at);
    const auto end = domain_end(text, at);
    if (begin < from || begin == at || end == at + 1) continue;
    FoundAddress found{text.substr(begin, end - begin), begin, end};
    if (begin > 0 && text[begin - 1] == '<') --found.begin;
    if (end < text.size() && text[end] == '>') ++found.end;
    return found;
  }
  return std::nullopt;
}

bool is_address(std::string_view text) {
  const auto found = find_address(text);
  return found && found->address.size() == text.size();
}

}  // namespace todoku::report
