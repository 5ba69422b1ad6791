// SPDX-License-Identifier: Apache-2.0
#pragma once

// What this process's terminal is like. Any thread.
#include <cstddef>

namespace todoku::cli {

// 0 = standard output is no terminal.
[[nodiscard]] std::size_t terminal_columns();
// Standard output is a terminal, and NO_COLOR (no-color.org) is not set.
[[nodiscard]] bool colour_is_wanted();
// Standard input and standard error are a terminal: a question can be asked and answered.
[[nodiscard]] bool person_is_there();

}  // namespace todoku::cli
