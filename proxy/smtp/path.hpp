// SPDX-License-Identifier: Apache-2.0
#pragma once

// The argument of MAIL and RCPT up to its parameters (RFC 5321 4.1.1.2, 4.1.1.3, 4.1.2), read
// leniently where real mail clients need it: spaces around the colon, no angle brackets, a source
// route.
#include "proxy/smtp/reply.hpp"

#include <optional>
#include <string_view>

namespace todoku::smtp {

struct PathWords {
  std::string_view keyword;  // FROM, TO
  const char* syntax;
  const char* status;  // of a wrong address
  bool may_be_null;
};

// Views into the argument.
struct Path {
  std::string_view address;
  std::string_view parameters;
};

// The refusal to answer with, or nothing when `into` was filled.
[[nodiscard]] std::optional<Reply> read_path(std::string_view argument, const PathWords& words,
                                             Path& into);

}  // namespace todoku::smtp
