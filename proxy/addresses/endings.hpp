// SPDX-License-Identifier: Apache-2.0
#pragma once

// The end of a domain (".co.jp") by itself: is it one, or nearly? Pure; any thread.
#include "proxy/addresses/deletion_index.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::addresses {

class Endings {
 public:
  // likely: endings, the most likely first. organisations: second labels of .jp.
  Endings(std::vector<std::string> likely, std::vector<std::string> organisations);

  // "example.ne.ne.jp", "example.jp.jp": a part of the ending stands there twice.
  [[nodiscard]] bool is_repeated(std::string_view domain) const;
  // Whether an ending that exists is still a slip as it stands here: "example.me.jp" for ne.jp,
  // "example.co.jo" for co.jp. ending: public_ending(domain).
  [[nodiscard]] bool is_suspicious(std::string_view domain, std::string_view ending) const;
  // The domain with endings that were probably meant, the most likely first.
  [[nodiscard]] std::vector<std::string> repaired(std::string_view domain) const;
  [[nodiscard]] bool is_organisation(std::string_view label) const;

 private:
  [[nodiscard]] bool is_sound(std::string_view domain) const;
  [[nodiscard]] std::vector<std::string> with_dot_again(std::string_view domain) const;

  std::vector<std::string> likely_;
  DeletionIndex index_{DeletionIndex::Reach::two};  // of likely_
  std::vector<std::string> organisations_;
};

// How far one ending is from another, as typing_cost().
[[nodiscard]] int ending_cost(std::string_view typed, std::string_view meant);

}  // namespace todoku::addresses
