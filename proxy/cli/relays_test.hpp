// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku relays test NAME: a test mail to oneself through a fallback relay, by its own log-in.
// todoku relays learn NAME FILE: what the copy that has arrived tells of the relay; todoku serve
// takes it over. Blocking; one thread.
#include "proxy/cli/messages.hpp"
#include "proxy/settings/settings.hpp"

namespace todoku::cli {

struct RelayTools {
  const settings::Settings& settings;
  std::filesystem::path state_dir;
  std::shared_ptr<const store::Sealer> sealer;
  const explain::Catalog& catalog;
  const Console& console;
};

int run_relays_test(const RelaysOptions& options, const RelayTools& tools);
int run_relays_learn(const RelaysOptions& options, const RelayTools& tools);

}  // namespace todoku::cli
