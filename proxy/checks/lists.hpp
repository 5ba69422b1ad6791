// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words and lists that the checks go by: config/checks/*.toml. Read once. Floor 0.
#include "proxy/checks/word_search.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace todoku::checks {

struct Lists {
  WordSet attachment_words;    // "添付します", "find attached"; lower case
  WordSet attachment_denials;  // phrases that take one of them back: "添付ファイルなし"
  std::vector<std::string> quote_begins;      // a line that begins so ends one's own words
  std::vector<std::string> quote_ends;        // a line that ends so does, too: "wrote:"
  std::vector<std::string> risky_extensions;  // without the dot, lower case
  std::vector<std::string> macro_extensions;
  std::vector<std::string> harmless_extensions;  // those that a double extension pretends
  WordSet spam_words;
  std::vector<std::string> legal_forms;  // "株式会社", "有限会社"
  std::vector<std::string> large_file_places;
};

struct ListsMistake {
  std::uint32_t line = 0;
  std::string what;  // English
};

// text: the content of config/checks/lists.toml.
[[nodiscard]] std::variant<Lists, ListsMistake> read_lists(std::string_view text);

}  // namespace todoku::checks
