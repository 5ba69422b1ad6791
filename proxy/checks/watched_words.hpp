// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words of the settings that must not leave, made ready to be looked for: once for all
// messages. Pure, any thread.
#include "proxy/checks/word_search.hpp"

#include <string>
#include <vector>

namespace todoku::checks {

struct WatchedWords {
  explicit WatchedWords(const std::vector<std::string>& words);

  [[nodiscard]] bool empty() const { return set.empty() && short_ones.empty(); }

  WordSet set;
  std::vector<std::string> short_ones;  // lower case; too short for a set
};

}  // namespace todoku::checks
