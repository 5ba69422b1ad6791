// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku config check FILE: every mistake in a settings file, or what it comes to.
#include "classifier/explain/messages.hpp"
#include "proxy/cli/options.hpp"

#include <ostream>

namespace todoku::cli {

// The exit code: 0, exit_config with mistakes, exit_no_input when the file cannot be read.
int config_check(const ConfigCheckOptions& options, const explain::Catalog& catalog,
                 std::ostream& out, std::ostream& error);

}  // namespace todoku::cli
