// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which recipients look mistyped: what the address checker says, as facts. Not asked about the
// sender's own domain and about names of inner networks. Pure; a few microseconds for each one.
#include "proxy/addresses/checker.hpp"
#include "proxy/checks/facts.hpp"
#include "proxy/smtp/envelope.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace todoku::checks {

// Is anything to be said of an address at this domain (lower case)? own: that of the sender.
[[nodiscard]] bool is_looked_at(std::string_view domain, std::string_view own);
// What the checker has found, as a fact; nothing when it is an address.
[[nodiscard]] std::optional<MistypedAddress> mistyped(std::string_view address,
                                                      const addresses::Finding& finding);
// All of an envelope by their text alone.
[[nodiscard]] std::vector<MistypedAddress> mistyped_among(const smtp::Envelope& envelope,
                                                          const addresses::Checker& checker);

}  // namespace todoku::checks
