// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku setup address-book: the people in Thunderbird's address books become known to the checks,
// after a yes. Reads only; addresses that look mistyped are left out. Blocking; one thread.
#include "classifier/explain/messages.hpp"
#include "proxy/addresses/checker.hpp"
#include "proxy/cli/messages.hpp"
#include "proxy/cli/options.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace todoku::cli {

// Where a serve keeps its state, and what the command needs beside it.
struct AddressBookTools {
  std::filesystem::path state_dir;
  std::shared_ptr<const store::Sealer> sealer;
  std::vector<std::filesystem::path> thunderbird_dirs;
  const addresses::Checker& checker;
  const explain::Catalog& catalog;
  const Console& console;
};

// The exit code.
int run_setup_address_book(const SetupOptions& options, const AddressBookTools& tools);

}  // namespace todoku::cli
