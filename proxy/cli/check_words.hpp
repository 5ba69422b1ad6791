// SPDX-License-Identifier: Apache-2.0
#pragma once

// A finding of the pre-send checks in words. Pure, any thread.
#include "classifier/explain/messages.hpp"
#include "proxy/checks/finding.hpp"

#include <string>

namespace todoku::cli {

struct FindingWords {
  std::string title;  // the check's name for people
  std::string saw;
  std::string why;
  std::string to_do;
  std::string place;  // empty = the whole message
};

// A finding's parameters as people read them, with words for those that are not known.
[[nodiscard]] explain::Parameters readable_finding(const explain::Catalog& words,
                                                   const explain::Parameters& parameters);

// By the code alone, without title and place; empty = the code is not known.
[[nodiscard]] FindingWords words_of_code(const explain::Catalog& words, const std::string& code,
                                         const explain::Parameters& parameters);
[[nodiscard]] FindingWords words_of(const explain::Catalog& words, const checks::Finding& finding);

// The names that the JSON has.
[[nodiscard]] const char* level_name(settings::CheckLevel level);

}  // namespace todoku::cli
