// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku demo as a program: the proxy between the sandbox provider and the person's mail program.
#include "classifier/explain/messages.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/settings/settings.hpp"

namespace todoku::cli {

// Returns the exit code (sysexits.h).
int run_demo(const DemoOptions& options, settings::Language language,
             const explain::Catalog& catalog);

}  // namespace todoku::cli
