// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base64 and quoted-printable (RFC 2045 section 6), read as tolerantly as mail programs do: never
// fails, what is no code is left out or kept as it is. Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::mail {

enum class TransferEncoding : std::uint8_t {
  none,  // 7bit, 8bit, binary, and what we do not know
  base64,
  quoted_printable,
};

// The value of a Content-Transfer-Encoding field.
[[nodiscard]] TransferEncoding transfer_encoding(std::string_view value);

// max_size: octets of the result at most.
[[nodiscard]] std::string decode_base64(std::string_view text, std::size_t max_size);
[[nodiscard]] std::string decode_quoted_printable(std::string_view text, std::size_t max_size);

}  // namespace todoku::mail
