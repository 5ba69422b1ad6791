// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the header section of an outgoing message as it streams by: which fields it has, where they
// lie, and whether the mail is signed. Flat memory apart from the header itself, which is bounded.
// Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::mail {

struct FieldPlace {
  std::string name;       // as written
  std::size_t begin = 0;  // byte offset of the name in the header section
  std::size_t end = 0;    // offset behind the field's last CRLF
};

class HeaderScanner {
 public:
  explicit HeaderScanner(std::size_t max_header) : max_header_(max_header) {}

  // Takes bytes until the header section ends; returns how many were taken. Bytes behind it are
  // left.
  std::size_t feed(std::string_view bytes);
  // The message ended: a message of header lines only is complete too.
  void finish();

  enum class State : std::uint8_t {
    reading,
    complete,
    too_large
  };
  [[nodiscard]] State state() const { return state_; }
  // The header section so far, with the empty line that ends it where there is one.
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<FieldPlace>& fields() const { return fields_; }

  [[nodiscard]] bool has(std::string_view name) const;  // case does not matter
  [[nodiscard]] std::size_t count(std::string_view name) const;
  // The first field of that name, unfolded and trimmed; empty when missing.
  [[nodiscard]] std::string value(std::string_view name) const;
  // multipart/signed, S/MIME, PGP/MIME, or a DKIM-Signature: no edit but Received is allowed.
  [[nodiscard]] bool is_signed() const;

 private:
  std::size_t take(std::string_view bytes);
  void index_fields();
  std::size_t max_header_;
  State state_ = State::reading;
  std::string bytes_;
  std::vector<FieldPlace> fields_;
};

}  // namespace todoku::mail
