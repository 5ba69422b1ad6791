// SPDX-License-Identifier: Apache-2.0
#pragma once

// The blocks that may be repeated, [[account]] and [[fallback]]: from what was written to values,
// or mistakes. Pure; knows nothing of TOML.
#include "proxy/settings/given.hpp"
#include "proxy/settings/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::settings {

struct GivenKey {
  std::string name;
  std::uint32_t line = 0;
  Given value;
};

struct GivenTable {
  std::vector<GivenKey> keys;
  std::uint32_t line = 0;
};

// Where mistakes of one text go.
struct Place {
  std::string_view source;
  std::vector<Mistake>& mistakes;
  std::vector<std::string> locked;  // keys that the texts before this one have locked

  void add(std::uint32_t line, std::string key, std::string message) const {
    mistakes.push_back({std::string(source), line, std::move(key), std::move(message)});
  }
};

// Nothing when it has a mistake.
std::optional<Account> read_account(const GivenTable& table, const Place& place);
std::optional<Fallback> read_fallback(const GivenTable& table, const Place& place);

}  // namespace todoku::settings
