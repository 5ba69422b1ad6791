// SPDX-License-Identifier: Apache-2.0
#include "proxy/skeleton/content_type.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/encoded_word.hpp"
#include "classifier/mail/header.hpp"

#include <algorithm>
#include <optional>

namespace todoku::skeleton {
namespace {

constexpr std::size_t max_name = 255;
constexpr std::size_t max_value = 4096;   // of a field that is looked into
constexpr std::size_t max_sections = 20;  // of one RFC 2231 parameter

bool has_eight_bit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

int hex_value(char c) {
  if (mail::is_digit(c)) return c - '0';
  const char letter = mail::lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string without_percents(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(text[i + 2]);
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// Sections name*0, name*1*, ... glued; the charset stands in the first one.
std::string sections_of(std::string_view value, std::string_view name) {
  std::string octets;
  std::string charset;
  for (std::size_t i = 0; i < max_sections; ++i) {
    const auto plain = std::string(name) + "*" + std::to_string(i);
    auto text = mail::parameter(value, plain + "*");
    const bool is_encoded = !text.empty();
    if (!is_encoded) text = mail::parameter(value, plain);
    if (text.empty()) break;
    if (i == 0 && is_encoded) {
      charset = text.substr(0, text.find('\''));
      const auto second = text.find('\'', std::min(text.find('\''), text.size() - 1) + 1);
      if (second != std::string_view::npos) text.remove_prefix(second + 1);
    }
    octets += is_encoded ? without_percents(text) : std::string(text);
  }
  return octets.empty() ? octets : mail::to_utf8(octets, charset.empty() ? "utf-8" : charset);
}

std::string extended_value(std::string_view text) {
  const auto first = text.find('\'');
  const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return mail::to_utf8(without_percents(text), "");
  return mail::to_utf8(without_percents(text.substr(second + 1)), text.substr(0, first));
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find_if(
      fields, [name](const Field& field) { return mail::same_word(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::string first_word(std::string_view value) {
  return mail::lower_copy(mail::trim(value.substr(0, value.find_first_of("; \t"))));
}

std::string_view value_of(const Field& field) {
  return std::string_view(field.value).substr(0, max_value);
}

void describe_type(std::string_view value, Part& part, std::string& boundary) {
  const auto type = first_word(value);
  part.has_type = type.find('/') != std::string::npos;
  if (part.has_type) part.type = type.substr(0, max_name);
  part.charset = mail::parameter(value, "charset").substr(0, 64);
  part.file_name = decoded_parameter(value, "name");
  boundary = mail::parameter(value, "boundary").substr(0, max_name);
  part.has_boundary = !boundary.empty();
}

}  // namespace

std::string decoded_parameter(std::string_view value, std::string_view name) {
  std::string text;
  if (const auto extended = mail::parameter(value, std::string(name) + "*"); !extended.empty())
    text = extended_value(extended);
  if (text.empty()) text = sections_of(value, name);
  if (text.empty()) text = mail::decode_words(mail::parameter(value, name));
  return std::string(mail::cut_utf8(text, max_name));
}

std::vector<Field> read_fields(std::string_view header, std::uint64_t first_line,
                               std::size_t max_fields) {
  std::vector<Field> fields;
  fields.reserve(16);
  auto number = first_line;
  for (; !header.empty(); ++number) {
    auto line = mail::take_line(header);
    while (line.ends_with('\r')) line.remove_suffix(1);
    const bool is_folded = line.starts_with(' ') || line.starts_with('\t');
    if (is_folded && !fields.empty()) {
      auto& value = fields.back().value;
      value += ' ';
      value += mail::trim(line);
    } else if (mail::is_field_line(line) && fields.size() < max_fields) {
      const auto colon = line.find(':');
      fields.push_back({std::string(mail::trim(line.substr(0, colon))),
                        std::string(mail::trim(line.substr(colon + 1))), number});
    }
  }
  return fields;
}

void describe(const std::vector<Field>& fields, Part& part, std::string& boundary) {
  part.type = "text/plain";
  if (const auto* type = find(fields, "Content-Type")) {
    describe_type(value_of(*type), part, boundary);
    part.has_raw_file_name = has_eight_bit(type->value);
  }
  if (const auto* disposition = find(fields, "Content-Disposition")) {
    part.disposition = first_word(value_of(*disposition)).substr(0, max_name);
    const auto name = decoded_parameter(value_of(*disposition), "filename");
    if (!name.empty()) part.file_name = name;
    part.has_raw_file_name = part.has_raw_file_name || has_eight_bit(disposition->value);
  }
  if (const auto* encoding = find(fields, "Content-Transfer-Encoding")) {
    part.encoding_name = encoding->value.substr(0, max_name);
    part.encoding = mail::transfer_encoding(encoding->value);
  }
  part.has_content_id = find(fields, "Content-ID") != nullptr;
}

}  // namespace todoku::skeleton
