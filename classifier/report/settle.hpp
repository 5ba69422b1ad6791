// SPDX-License-Identifier: Apache-2.0
#pragma once

// Last looks at each recipient: codes, command and hosts that only the words tell. Pure.
#include "classifier/report/delivery_report.hpp"

namespace todoku::report {

// Fills what is empty from the diagnostic, takes the status that says more, bounds every text.
void settle(RecipientReport& recipient);

}  // namespace todoku::report
