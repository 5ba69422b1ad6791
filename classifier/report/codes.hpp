// SPDX-License-Identifier: Apache-2.0
#pragma once

// SMTP reply codes (RFC 5321) and enhanced status codes (RFC 3463) in what servers and reports say,
// and which of several counts. Pure, any thread.
#include <cstddef>
#include <string_view>

namespace todoku::report {

struct Codes {
  std::string_view reply;   // "550"; empty = none
  std::string_view status;  // "5.1.1"; empty = none
};

// The codes of the decisive reply in text. Numbers that only look like codes (addresses, versions,
// ports, queue ids, dates) are passed over.
[[nodiscard]] Codes codes_in(std::string_view text);

// An enhanced status at the beginning of text ("5.1.1 (comment)"); empty when there is none.
[[nodiscard]] std::string_view status_at(std::string_view text);

// How much a status says: 0 nothing or no status, 1 only the class (5.0.0), 2 only the subject
// (5.1.0) or that time ran out (4.4.7), 3 a detail.
[[nodiscard]] int detail_of(std::string_view status);

// The one of a report's status field and its text that says more; never of another class than the
// field, unless the field says nothing.
[[nodiscard]] std::string_view better_status(std::string_view field, std::string_view in_text);

}  // namespace todoku::report
