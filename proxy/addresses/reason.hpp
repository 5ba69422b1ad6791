// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with an address, as a code. The words are config/messages/addresses.*.toml.
#include <cstdint>
#include <string_view>

namespace todoku::addresses {

enum class Reason : std::uint8_t {
  none,                // nothing to say
  pasted,              // brackets, names, "To:", 様 and the like around it
  blanks,              // blanks or invisible characters
  full_width,          // full-width letters
  wrong_stop,          // 。、， or / where a dot belongs
  kana,                // typed with the Japanese input method on
  foreign_letters,     // letters of another alphabet that look like these
  missing_at,          // no @, or another key in its place
  doubled_at,          // two @
  dots,                // dots doubled, or at an end of the domain
  ending,              // an ending that does not exist, or hardly: .con, ne.jpp, me.jp
  other_ending,        // a known provider with an ending that is not its own
  near_name,           // a slip away from a known domain
  dots_before_at,      // dots where the provider has none
  near_correspondent,  // a slip away from somebody often written to
  no_such_domain,      // DNS: the domain does not exist
  refuses_mail,        // DNS: a null MX (RFC 7505)
  no_mail_host,        // DNS: nothing there takes mail
  not_an_address,      // no @ and nothing like a domain
  nothing_before_at,
  nothing_after_at,
  several,         // more than one address
  bad_before_at,   // characters or a length that no mailbox has (RFC 5321 section 4.1.2)
  bad_domain,      // no host name (RFC 1123, RFC 5890)
  unknown_ending,  // a top-level domain that does not exist, and none is near
  only_an_ending   // "co.jp": nobody's own
};

// "near_name": stable, for programs. none is "ok".
[[nodiscard]] std::string_view code_of(Reason reason);

}  // namespace todoku::addresses
