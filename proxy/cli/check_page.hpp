// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the pre-send checks found, as a page for a person and as JSON for a program. Pure.
#include "classifier/explain/messages.hpp"
#include "proxy/checks/judge.hpp"
#include "proxy/cli/terminal.hpp"

#include <string>
#include <string_view>

namespace todoku::cli {

[[nodiscard]] std::string check_page(const checks::Verdict& verdict, std::string_view file,
                                     const explain::Catalog& words, const Terminal& terminal);

// One line; its members are a contract (README, manual page). words: sentences are added in this
// language; nullptr = none.
[[nodiscard]] std::string check_json(const checks::Verdict& verdict, std::string_view file,
                                     const explain::Catalog* words);

}  // namespace todoku::cli
