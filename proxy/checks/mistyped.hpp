// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of an envelope's recipients look mistyped: what the address checker says, as facts. Not
// asked about the sender's own domain and about names of inner networks. Pure; a few microseconds
// for each recipient.
#include "proxy/addresses/checker.hpp"
#include "proxy/checks/facts.hpp"
#include "proxy/smtp/envelope.hpp"

#include <vector>

namespace todoku::checks {

[[nodiscard]] std::vector<MistypedAddress> mistyped_among(const smtp::Envelope& envelope,
                                                          const addresses::Checker& checker);

}  // namespace todoku::checks
