// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku secret: passwords and keys that the settings name (of a fallback relay, of DKIM). They are
// typed or piped in, never shown, and never stand in a file of settings. Blocking; one thread.
#include "classifier/explain/messages.hpp"
#include "proxy/cli/messages.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/platform/keeper.hpp"

#include <filesystem>

namespace todoku::cli {

// The exit code. state_dir is made where it is missing.
int run_secret(const SecretOptions& options, const std::filesystem::path& state_dir,
               platform::Keeper& keeper, const explain::Catalog& catalog, const Console& console);

}  // namespace todoku::cli
