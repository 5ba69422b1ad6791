// SPDX-License-Identifier: Apache-2.0
#pragma once

// An answer of the DNS as bytes (RFC 1035 section 4) to a value. Any bytes; bounded by the message.
// Pure.
#include "proxy/wire/dns.hpp"

#include <string>
#include <string_view>

namespace todoku::wire {

// What the message answers to the question, following aliases (CNAME). lifetime: the shortest of
// the records that led there; for nothing, what the zone says (RFC 2308), else a minute. A message
// that cannot be read is server_failed.
[[nodiscard]] DnsAnswer read_dns_answer(std::string_view message, const DnsQuestion& question);

}  // namespace todoku::wire
