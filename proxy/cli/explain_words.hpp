// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what the classifier found to what explain puts into words. Pure, any thread.
#include "classifier/classify.hpp"
#include "classifier/explain/explanation.hpp"

#include <string_view>

namespace todoku::cli {

// The views of the result point into diagnosis. recipient: what stands for {recipient}.
explain::Subject subject_of(const Diagnosis& diagnosis, report::Kind kind,
                            std::string_view recipient);

// For a report that names no recipient: what its kind says.
Cause cause_of_kind(report::Kind kind);

// Never send there again: a final failure of an address that is dead.
bool is_hard(const Diagnosis& diagnosis, report::Kind kind);

}  // namespace todoku::cli
