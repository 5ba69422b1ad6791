// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known beyond the text of an address. Plain data.
#include <cstdint>
#include <string>

namespace todoku::addresses {

// What DNS says of the domain.
enum class Dns : std::uint8_t {
  unknown,       // not asked, no answer, or a failing server: no evidence
  exists,        // takes mail; typosquats do so, too
  no_such_name,  // NXDOMAIN
  null_mx,       // RFC 7505
  no_mail_host   // neither MX nor A nor AAAA
};

struct Facts {
  Dns dns = Dns::unknown;
  bool was_written_to = false;         // this very address, before
  bool was_domain_written_to = false;  // somebody at this domain, before
  std::string near_correspondent;      // often written to and one slip away; or empty
};

}  // namespace todoku::addresses
