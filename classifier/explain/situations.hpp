// SPDX-License-Identifier: Apache-2.0
#pragma once

// A trouble told in a few words ("メール送れない 受信できる") -> the advice that fits. What words
// mean which situation is data: config/situations.toml. Pure, floor 0, any thread.
#include "classifier/explain/messages.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::explain {

class Situations {
 public:
  static std::variant<Situations, CatalogError> parse(std::string_view toml);

  // The id of the best fit, for the catalog's "situation.<id>"; empty = none fits.
  // text: UTF-8, at most its first 2,000 bytes are looked at.
  [[nodiscard]] std::string find(std::string_view text) const;
  [[nodiscard]] std::vector<std::string> ids() const;

 private:
  // Every group must be spoken of; any of its words will do.
  struct Situation {
    std::string id;
    std::vector<std::vector<std::string>> groups;
    std::vector<std::string> unless;
  };
  std::vector<Situation> all_;
};

}  // namespace todoku::explain
