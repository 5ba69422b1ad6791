// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes MAIL and RCPT for a relay: only the parameters it offers (RFC 1870, 6152, 6531, 3461), and
// never a byte from the envelope that could end a command or begin another.
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::smtp {

// What an envelope has that cannot be said to this relay; found before anything is sent.
struct EnvelopeProblem {
  bool is_recipient = false;    // else the sender or a parameter of MAIL
  bool needs_smtputf8 = false;  // the relay lacks it; reply is empty then
  Reply reply;                  // ours, a 5xx
};
[[nodiscard]] std::optional<EnvelopeProblem> problem_of(const Envelope& envelope,
                                                        const Capabilities& offered);

// Appends MAIL and one RCPT for each recipient; ends gets the end of each command in out.
// Requires: problem_of() found nothing.
void append_commands(std::string& out, std::vector<std::size_t>& ends, const Envelope& envelope,
                     const Capabilities& offered);

// RFC 3461 section 4. Unchanged when it is xtext already.
[[nodiscard]] std::string to_xtext(std::string_view value);

}  // namespace todoku::smtp
