// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields of a message/delivery-status part (RFC 3464, RFC 6533) in all the shapes in which they
// come: fields in any order, blocks joined or split, blanks before the colon, types missing. Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::report {

// One recipient's fields, unfolded, as written; empty = missing.
struct StatusBlock {
  std::string original_recipient, final_recipient, actual_recipient;
  std::string action, status, diagnostic, remote_mta;
};

struct StatusPart {
  static constexpr std::size_t max_blocks = 200;  // recipients beyond that are not listed

  std::string reporting_mta, envelope_id, original_message_id;
  std::vector<StatusBlock> blocks;  // only those that speak of a recipient
};

// text: the part as UTF-8.
[[nodiscard]] StatusPart read_status_part(std::string_view text);

// The text behind the type of a Diagnostic-Code: "smtp; 550 ..." gives "550 ...".
[[nodiscard]] std::string_view diagnostic_text(std::string_view diagnostic);

}  // namespace todoku::report
