// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sub-commands of smtp_bench. Each prints one JSON object a line and ends at the end of stdin
// or when its work is done; the answer is the exit code.
#include "tests/bench/arguments.hpp"

namespace todoku::bench {

int run_sink(const Arguments& arguments);
int run_load(const Arguments& arguments);
int run_delay(const Arguments& arguments);
int run_idle(const Arguments& arguments);

}  // namespace todoku::bench
