// SPDX-License-Identifier: Apache-2.0
#pragma once

// A server's words in the one form that patterns are written for: lower case, single spaces, plain
// quotes and hyphens, no repeated reply codes of continuation lines, "@" for every address and "ip"
// for every IP address (so that a mailbox called "spam" accuses nobody). Pure; bounded; any thread.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::rules {

// Reply and enhanced status that a text begins with; empty = none.
struct LeadingCodes {
  std::string_view reply;   // "550"
  std::string_view status;  // "5.1.1"
};
LeadingCodes leading_codes(std::string_view text);

class NormalText {
 public:
  // Of a longer text the beginning and the end are kept, for that is where reasons stand.
  static constexpr std::size_t longest_head = 6144;
  static constexpr std::size_t longest_tail = 2048;

  explicit NormalText(std::string_view original);

  [[nodiscard]] std::string_view text() const { return text_; }
  // The place in the original that [begin, end) of text() was made from.
  [[nodiscard]] std::pair<std::size_t, std::size_t> origin(std::size_t begin,
                                                           std::size_t end) const;

 private:
  class Writer;

  struct Place {
    std::uint32_t begin, end;
  };
  std::string text_;
  std::vector<Place> places_;  // one for each byte of text_
};

}  // namespace todoku::rules
