// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields of one header section of a message that is held in memory. Views into that message,
// which must live as long. Bounded, tolerant, never throws. Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::mail {

struct Field {
  std::string_view name;  // as written, without blanks before the colon
  std::string_view body;  // behind the colon, folded as it came
};

class Header {
 public:
  static constexpr std::size_t max_fields = 500;  // what comes later in a header is not looked at

  // Reads fields from the beginning of text (line ends are "\n"). rest: what is behind the empty
  // line; when there is none, what begins with the first line that cannot be of a header.
  static Header read(std::string_view text, std::string_view& rest);

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] bool has(std::string_view name) const;
  // The first field of that name as it came, trimmed; empty when missing. Case does not matter.
  [[nodiscard]] std::string_view raw(std::string_view name) const;
  // As raw, unfolded.
  [[nodiscard]] std::string value(std::string_view name) const;
  // Unfolded, RFC 2047 words and bare charsets decoded: UTF-8 for people.
  [[nodiscard]] std::string text(std::string_view name) const;

 private:
  std::vector<Field> fields_;
};

// Folded lines become one; each fold is one blank (RFC 5322 2.2.3).
[[nodiscard]] std::string unfolded(std::string_view body);

// A parameter of a structured field: parameter("text/plain; charset=x", "charset") is "x". Quotes
// are taken off; an RFC 2231 parameter (name*=) is not decoded.
[[nodiscard]] std::string_view parameter(std::string_view value, std::string_view name);

// Does line begin as a header field does: a name of visible characters, then a colon?
[[nodiscard]] bool is_field_line(std::string_view line);

}  // namespace todoku::mail
