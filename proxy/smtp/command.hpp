// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads one SMTP command line of a client into values (RFC 5321 4.1, 1870, 3461, 6152, 6531, 4954),
// leniently where real mail clients need it. Says what to answer when a line is wrong.
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace todoku::smtp {

enum class Verb : std::uint8_t {
  ehlo,
  helo,
  mail,
  rcpt,
  data,
  rset,
  noop,
  quit,
  vrfy,
  help,
  auth,
  starttls,
  not_offered,  // known to SMTP, but not offered here: EXPN, BDAT, ETRN, ...
  http,         // a web browser's request: a page is trying to speak through the user's browser
  unknown,
};

// Views into the line that was parsed.
struct Command {
  Verb verb = Verb::unknown;
  std::string_view argument;  // without surrounding white space
};

[[nodiscard]] Command parse_command(std::string_view line);

// Both return the refusal to answer with, or nothing when `into` was filled. `told` is what the
// client's EHLO was told: only parameters of those extensions are known. SIZE, BODY and AUTH are
// always read.
[[nodiscard]] std::optional<Reply> read_mail(std::string_view argument, const Capabilities& told,
                                             Envelope& into);
[[nodiscard]] std::optional<Reply> read_rcpt(std::string_view argument, const Capabilities& told,
                                             bool smtputf8, Recipient& into);

}  // namespace todoku::smtp
