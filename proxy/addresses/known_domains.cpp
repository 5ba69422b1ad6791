// SPDX-License-Identifier: Apache-2.0
// Offsets instead of views: the object can be moved.
#include "proxy/addresses/known_domains.hpp"

#include <algorithm>

namespace todoku::addresses {

KnownDomains::KnownDomains(std::string text) : text_(std::move(text)) {
  const auto less = [this](Line left, Line right) { return at(left) < at(right); };
  for (std::size_t begin = 0; begin < text_.size();) {
    auto end = text_.find('\n', begin);
    if (end == std::string::npos) end = text_.size();
    if (end > begin && text_[begin] != '#')
      lines_.push_back(
          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)});
    begin = end + 1;
  }
  if (!std::ranges::is_sorted(lines_, less)) std::ranges::sort(lines_, less);
}

bool KnownDomains::contains(std::string_view domain) const {
  const auto found =
      std::lower_bound(lines_.begin(), lines_.end(), domain,
                       [this](Line line, std::string_view text) { return at(line) < text; });
  return found != lines_.end() && at(*found) == domain;
}

}  // namespace todoku::addresses
