// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the checker says of an address or of its domain. Plain data.
#include "proxy/addresses/reason.hpp"

#include <cstdint>
#include <string>

namespace todoku::addresses {

enum class Verdict : std::uint8_t {
  ok,
  typo,    // can be read, but is probably not what was meant
  invalid  // no mail can be sent to it as it stands
};

enum class Sureness : std::uint8_t {
  likely,  // somebody may really have this address
  certain  // it cannot be right, or nobody's mailbox is there
};

struct Finding {
  Verdict verdict = Verdict::ok;
  std::string suggestion;  // the whole address, or empty
  std::string second;      // another that is nearly as likely, or empty
  Reason reason = Reason::none;
  Sureness sureness = Sureness::likely;
};

[[nodiscard]] constexpr bool is_flagged(const Finding& finding) {
  return finding.verdict != Verdict::ok;
}

}  // namespace todoku::addresses
