// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds the names within one or two letters of another: each name is filed under itself and under
// what is left of it without so many letters (Garbe's symmetric deletion). A search asks for the
// same of the typed text; every hit is only a candidate. Pure; reading from any thread once it is
// filled.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace todoku::addresses {

class DeletionIndex {
 public:
  using Number = std::uint16_t;
  static constexpr std::size_t longest = 40;  // bytes; longer names are not filed and never found

  enum class Reach : std::uint8_t {
    one,  // letters; for long lists, a tenth of the memory
    two
  };
  explicit DeletionIndex(Reach reach) : reach_(reach) {}

  // number: what a search gives back.
  void add(std::string_view name, Number number);
  // After the last add() and before the first search.
  void finish();
  // Adds to `found` the numbers of names that may be within reach of text; without repeats,
  // in no order that means anything.
  void search(std::string_view text, std::vector<Number>& found) const;

 private:
  struct Entry {
    std::uint32_t key = 0;
    Number number = 0;
    bool is_used = false;
  };

  Reach reach_;
  std::vector<Entry> entries_;         // filed, until finish()
  std::vector<Entry> table_;           // open addressing; a power of two
  std::vector<std::uint64_t> filter_;  // one bit for each key: most searches end here
};

}  // namespace todoku::addresses
