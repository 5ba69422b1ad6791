// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the checker knows, as values, and its reading from config/addresses. Text in, values out.
// The formats are described at the top of each file there.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::addresses {

// What a provider's addresses may have before the @.
enum class Dots : std::uint8_t {
  unknown,
  allowed,   // doubled and at the ends: old addresses of carriers
  forbidden  // never given out
};

// A domain that many people write to.
struct Target {
  std::string domain;  // lower case
  int rank = 1;        // 1 most written to .. 4
  Dots dots = Dots::unknown;
  bool has_below = false;   // customers have names below it
  bool is_family = false;   // the same name with other countries' endings is real
  bool is_generic = false;  // with another ending it is somebody else's
};

struct Data {
  std::vector<Target> targets;
  std::vector<std::pair<std::string, std::string>> heard;  // domain, spelling of its name by ear
  std::vector<std::string> endings;                        // the most likely first
  std::vector<std::string> organisations;                  // second labels of .jp
  std::string known;  // real domains, a line each, "#" begins a comment; may be empty
};

struct DataMistake {
  std::string file;
  std::uint32_t line = 0;  // 0 = not known
  std::string what;        // English, one sentence
};

// Adds what a file says to `data`; what is wrong with it goes to `mistakes`.
void read_targets(std::string_view text, Data& data, std::vector<DataMistake>& mistakes);
void read_endings(std::string_view text, Data& data, std::vector<DataMistake>& mistakes);

}  // namespace todoku::addresses
