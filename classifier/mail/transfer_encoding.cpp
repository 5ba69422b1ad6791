// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/transfer_encoding.hpp"

#include "classifier/mail/ascii.hpp"

#include <array>

namespace todoku::mail {

namespace {

constexpr std::array<std::int8_t, 256> make_base64_values() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr auto base64_values = make_base64_values();

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

TransferEncoding transfer_encoding(std::string_view value) {
  value = trim(value);
  if (begins_with(value, "base64")) return TransferEncoding::base64;
  if (begins_with(value, "quoted-printable")) return TransferEncoding::quoted_printable;
  return TransferEncoding::none;
}

std::string decode_base64(std::string_view text, std::size_t max_size) {
  std::string out;
  out.reserve(std::min(text.size() / 4 * 3 + 3, max_size));
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0) {
      if (c == '=') bits = 0, count = 0;  // another base64 text may be glued behind
      continue;
    }
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    if (out.size() == max_size) break;
    out += static_cast<char>((bits >> count) & 0xff);
  }
  return out;
}

std::string decode_quoted_printable(std::string_view text, std::size_t max_size) {
  std::string out;
  out.reserve(std::min(text.size(), max_size));
  for (std::size_t i = 0; i < text.size() && out.size() < max_size; ++i) {
    if (text[i] != '=') {
      const auto run = std::min(text.find('=', i), text.size()) - i;
      out.append(text, i, std::min(run, max_size - out.size()));
      i += run - 1;
      continue;
    }
    std::size_t end = i + 1;  // a soft line end may have blanks before it
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
    if (end >= text.size() || text[end] == '\n') {
      i = end;
      continue;
    }
    const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += '=';
      continue;
    }
    const char octet = static_cast<char>(high * 16 + low);
    if (octet != '\r') out += octet;  // line ends are "\n" here, also the encoded ones
    i += 2;
  }
  return out;
}

}  // namespace todoku::mail
