// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opens the database of a state directory and finds the message that a person means. Every way to
// fail becomes a sentence with a place and something to do. Blocking; one thread.
#include "classifier/explain/messages.hpp"
#include "proxy/store/store.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace todoku::cli {

// Why it cannot be done: a key of the catalog, and the exit code.
struct Problem {
  std::string key;
  explain::Parameters parameters;
  int exit_code = 0;
};

using OpenedReader = std::variant<std::unique_ptr<store::Reader>, Problem>;
OpenedReader open_reader(const std::filesystem::path& state_dir,
                         std::shared_ptr<const store::Sealer> sealer);
// What an error of a reader means.
[[nodiscard]] Problem reader_problem(const std::filesystem::path& state_dir, error_code why);

// As ids are written: capital letters, and the letters that Crockford's alphabet leaves out as what
// they were taken for (O = 0, I and L = 1). Empty = no id begins like this.
[[nodiscard]] std::string normal_id(std::string_view typed);
// typed: an id or a unique beginning of one.
std::variant<store::StoredMessage, Problem> find_message(store::Reader& reader,
                                                         const std::filesystem::path& state_dir,
                                                         std::string_view typed);

}  // namespace todoku::cli
