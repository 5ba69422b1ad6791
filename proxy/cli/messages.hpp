// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku messages: what became of each message, and what a person can do about it. Reads the
// database of a state directory, whether todoku serve runs or not. Blocking; one thread.
#include "classifier/explain/messages.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/store/records.hpp"
#include "proxy/store/sealer.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <memory>

namespace todoku::cli {

// Where it speaks, so that tests can listen.
struct Console {
  std::ostream& out;
  std::ostream& error;
  std::istream& in;
  std::size_t columns = 0;  // of the terminal; 0 = output is no terminal
  bool has_colour = false;  // wanted and possible
  bool can_ask = false;     // a person sits at in
  store::Time now{};
  std::chrono::milliseconds patience{5'000};  // how long a running serve is waited for
};

// On this process's terminal.
[[nodiscard]] Console terminal_console();
// The exit code, as the manual page lists them. sealer: with the key that todoku serve uses; with
// another one states and times are shown, texts are not.
int run_messages(const MessagesOptions& options, const std::filesystem::path& state_dir,
                 std::shared_ptr<const store::Sealer> sealer, const explain::Catalog& catalog,
                 const Console& console);

}  // namespace todoku::cli
