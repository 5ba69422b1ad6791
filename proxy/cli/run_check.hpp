// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku check: the pre-send checks on a whole message. Nothing is sent or kept.
#include "classifier/explain/messages.hpp"
#include "proxy/checks/lists.hpp"
#include "proxy/cli/load_settings.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/terminal.hpp"

#include <istream>
#include <ostream>

namespace todoku::cli {

// What the command works with; all of it outlives the call.
struct CheckTools {
  const settings::Settings& settings;
  const checks::Lists& lists;
  const explain::Catalog& words;
  Terminal terminal;
  std::istream& in;
  std::ostream& out;
  std::ostream& error;
};

// The settings that the checks go by: files and --set. That no server is named is no mistake here.
LoadedSettings load_check_settings(const CheckOptions& options);

// The exit code: 0 nothing found, 1 noticed but it would go, 2 it would be held, 3 refused;
// exit_no_input when the file cannot be read, exit_data when it is empty.
int run_check(const CheckOptions& options, const CheckTools& tools);

}  // namespace todoku::cli
