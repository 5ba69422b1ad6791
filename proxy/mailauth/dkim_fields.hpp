// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which header fields a signature covers, as bytes to be signed (RFC 6376 sections 3.7 and 5.4.2):
// of fields that stand several times the lowest is taken first; a name without a field that is left
// adds nothing, which forbids adding one. Pure.
#include "proxy/mailauth/dkim_canonical.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::mailauth {

struct HeaderField {
  std::string name;       // as written
  std::string_view text;  // whole, with its CRLF; of the header section given
};

// section: CRLF lines, with or without the empty one at the end; outlives the result.
[[nodiscard]] std::vector<HeaderField> fields_of(std::string_view section);

// names: as in h=, in its order. signature_field: the DKIM-Signature itself with an empty b=; its
// last CRLF is not signed.
[[nodiscard]] std::string signed_bytes(const std::vector<HeaderField>& fields,
                                       const std::vector<std::string>& names,
                                       std::string_view signature_field, DkimForm form);

}  // namespace todoku::mailauth
