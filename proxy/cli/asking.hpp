// SPDX-License-Identifier: Apache-2.0
#pragma once

// A yes or no from the person at the terminal, and a request to the todoku serve that runs.
// Blocking; one thread.
#include "proxy/cli/messages.hpp"
#include "proxy/store/store.hpp"
#include "proxy/wire/result.hpp"

#include <cstdint>
#include <string>

namespace todoku::cli {

enum class Consent : std::uint8_t {
  given,
  refused,
  cannot_ask  // nobody is there
};

// question: as it is to be shown; only "y", "yes" and "はい" give consent.
Consent ask_consent(const Console& console, const std::string& question);
// Until serve has answered, at most console.patience; then it is pending still.
Result<store::RequestOutcome> wait_for_outcome(store::Reader& reader, std::uint64_t number,
                                               const Console& console);

}  // namespace todoku::cli
