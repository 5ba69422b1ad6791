// SPDX-License-Identifier: Apache-2.0
#include "proxy/smtp/words.hpp"

#include <algorithm>

namespace todoku::smtp {

namespace {

char upper_of(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string upper_copy(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), upper_of);
  return result;
}

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value > 0x20 && value != 0x7F;
  });
}

bool equals_upper(std::string_view text, std::string_view upper) {
  return text.size() == upper.size() && std::equal(text.begin(), text.end(), upper.begin(),
                                                   [](char a, char b) { return upper_of(a) == b; });
}

Reply refusal(int code, const char* status, const char* text) {
  return Reply{code, status, text};
}

Reply bad_parameter(const char* text) {
  return refusal(501, "5.5.4", text);
}

}  // namespace todoku::smtp
