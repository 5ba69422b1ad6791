// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tables, and the steps from each earlier version of them. The version is SQLite's
// user_version. Numbers of enumerators in the rows never change their meaning. The
// thread of its Database.
#include "proxy/store/database.hpp"

#include <span>

namespace todoku::store {

inline constexpr int schema_version = 7;

// Sets the connection up (write-ahead log, page size) and brings the tables to this version. Error
// not_supported: a newer Todoku has written the file.
[[nodiscard]] error_code prepare_schema(Database& database);

// The steps of this version: steps[n] leads from version n to n + 1.
[[nodiscard]] std::span<const char* const> schema_steps();

// The second half of prepare_schema alone: each step whole or not at all.
[[nodiscard]] error_code migrate(Database& database, std::span<const char* const> steps);

}  // namespace todoku::store
