// SPDX-License-Identifier: Apache-2.0
#pragma once

// One line of JSON for one explained mail; the members are a contract (README, manual page). UTF-8,
// ends with a newline. Any thread.
#include "classifier/classify.hpp"
#include "classifier/explain/messages.hpp"

#include <string>
#include <string_view>

namespace todoku::cli {

// Where the text came from: {"file": path} or {"text": what was given}.
struct Source {
  std::string_view member;  // "file" or "text"
  std::string_view value;
};

// words: the explanations are added in this language; nullptr = none.
void append_json(std::string& out, const Source& source, const Classification& found,
                 const explain::Catalog* words);
void append_error_json(std::string& out, const Source& source, std::string_view problem);
// Advice for a trouble told in words, beside what the rules make of it; id is that of the
// situation.
void append_situation_json(std::string& out, const Source& source, std::string_view id,
                           const Classification& found, const explain::Catalog* words);

}  // namespace todoku::cli
