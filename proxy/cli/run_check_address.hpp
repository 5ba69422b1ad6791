// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku check-address: is an address what was meant? For a person, or a list of them for a
// program; nothing is sent, asked of DNS, or kept.
#include "classifier/explain/messages.hpp"
#include "proxy/addresses/checker.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/terminal.hpp"

#include <istream>
#include <ostream>

namespace todoku::cli {

// What the command works with; all of it outlives the call. words: needed but for a batch.
struct CheckAddressTools {
  const addresses::Checker& checker;
  const explain::Catalog& words;
  Terminal terminal;
  std::istream& in;
  std::ostream& out;
};

// The exit code: exit_data when one of the addresses given by name is flagged; a batch that was
// read to its end is exit_ok.
int run_check_address(const CheckAddressOptions& options, const CheckAddressTools& tools);

}  // namespace todoku::cli
