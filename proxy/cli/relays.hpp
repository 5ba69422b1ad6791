// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku relays: which mail servers there are, whether they take mail, and which destinations go by
// a fallback relay at present, since when, and on what evidence. Reads the database of a state
// directory, whether todoku serve runs or not. Blocking; one thread.
#include "proxy/cli/messages.hpp"

namespace todoku::cli {

int run_relays(const RelaysOptions& options, const std::filesystem::path& state_dir,
               std::shared_ptr<const store::Sealer> sealer, const explain::Catalog& catalog,
               const Console& console);

}  // namespace todoku::cli
