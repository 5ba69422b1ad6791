// SPDX-License-Identifier: Apache-2.0
#pragma once

// The envelope of a message: who sends, who receives, and the parameters of MAIL and RCPT, kept as
// given so that they can be passed on unchanged (RFC 5321 4.1.1, 1870, 6152, 6531, 3461).
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace todoku::smtp {

enum class BodyType : std::uint8_t {
  unspecified,
  seven_bit,
  eight_bit_mime
};

struct Recipient {
  std::string address;             // as typed, without angle brackets
  std::string notify;              // NOTIFY= value as given, empty = not given
  std::string original_recipient;  // ORCPT= value as given (xtext), empty = not given
  bool operator==(const Recipient&) const = default;
};

struct Envelope {
  std::string sender;                          // empty = the null sender <>
  std::optional<std::uint64_t> declared_size;  // octets
  BodyType body = BodyType::unspecified;
  bool smtputf8 = false;
  std::string ret;          // RET= value: FULL or HDRS, empty = not given
  std::string envelope_id;  // ENVID= value as given; Thunderbird sends it without xtext encoding
  std::vector<Recipient> recipients;
  bool operator==(const Envelope&) const = default;
};

}  // namespace todoku::smtp
