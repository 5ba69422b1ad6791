// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds which of many literals occur in a text, in one pass (Aho-Corasick). Pure; const calls from
// any thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::rules {

class LiteralScanner {
 public:
  LiteralScanner() = default;
  explicit LiteralScanner(const std::vector<std::string>& literals);

  // The indices of the literals that occur, each once, in no order.
  [[nodiscard]] std::vector<int> find(std::string_view text) const;

 private:
  // Bytes that no literal uses share class 0, which keeps the table small.
  std::array<std::uint8_t, 256> class_of_{};
  std::size_t classes_ = 1;
  std::vector<std::uint32_t> next_;        // [state * classes_ + class]
  std::vector<std::vector<int>> ends_at_;  // literals that end in a state
  std::size_t count_ = 0;

  std::uint32_t add_state();
  void add(const std::string& literal, int index);
  void link();
};

}  // namespace todoku::rules
