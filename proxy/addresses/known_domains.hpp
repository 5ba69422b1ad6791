// SPDX-License-Identifier: Apache-2.0
#pragma once

// A list of domains that are real, so that none of them is taken for a slip of another. Pure; any
// thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::addresses {

class KnownDomains {
 public:
  // text: one lower-case domain a line, in any order; empty lines and lines with "#" are skipped.
  explicit KnownDomains(std::string text);
  [[nodiscard]] bool contains(std::string_view domain) const;
  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  struct Line {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  [[nodiscard]] std::string_view at(Line line) const {
    return std::string_view(text_).substr(line.begin, line.size);
  }

  std::string text_;
  std::vector<Line> lines_;  // sorted by what they say
};

}  // namespace todoku::addresses
