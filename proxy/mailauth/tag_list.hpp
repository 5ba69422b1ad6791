// SPDX-License-Identifier: Apache-2.0
#pragma once

// "v=1; a=rsa-sha256; ..." (RFC 6376 section 3.2): signatures, key records and DMARC policies are
// written this way. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::mailauth {

class TagList {
 public:
  // Nothing: it is no tag list, or has a tag twice. Bounded by the text.
  static std::optional<TagList> parse(std::string_view text);
  // Trimmed, with the folds inside it; nothing = the tag is not there. Case of name matters.
  [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
  // Without any white space, or the default.
  [[nodiscard]] std::string packed(std::string_view name, std::string_view otherwise = "") const;
  // The first tag's name, empty when there is none.
  [[nodiscard]] std::string_view first_name() const;

 private:
  std::vector<std::pair<std::string, std::string>> tags_;
};

}  // namespace todoku::mailauth
