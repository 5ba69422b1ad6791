// SPDX-License-Identifier: Apache-2.0
// Japanese has no l, v, f before most vowels, no consonant without a vowel, and long vowels that
// romaji writes in several ways (Hepburn and Kunrei, ISO 3602).
#include "proxy/addresses/sound.hpp"

#include <array>
#include <utility>

namespace todoku::addresses {
namespace {

using Change = std::pair<std::string_view, std::string_view>;
constexpr std::array changes{
    Change{"tts", "t"}, Change{"tch", "t"}, Change{"ph", "h"},  Change{"th", "t"},
    Change{"sh", "s"},  Change{"ch", "t"},  Change{"dh", "d"},  Change{"ts", "t"},
    Change{"ck", "k"},  Change{"ci", "si"}, Change{"ce", "se"}, Change{"cy", "si"},
    Change{"ei", "e"},  Change{"ai", "e"},  Change{"ey", "e"},  Change{"ee", "i"},
    Change{"oo", "u"},  Change{"ou", "o"},  Change{"uu", "u"},  Change{"ii", "i"},
    Change{"ll", "r"},  Change{"l", "r"},   Change{"c", "k"},   Change{"q", "k"},
    Change{"f", "h"},   Change{"v", "b"},   Change{"x", "ks"},  Change{"y", "i"},
    Change{"j", "z"}};

bool is_vowel(char c) {
  return std::string_view("aiueo").find(c) != std::string_view::npos;
}

std::string rewritten(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    bool is_done = false;
    for (const auto& [from, to] : changes) {
      if (!name.starts_with(from)) continue;
      out += to;
      name.remove_prefix(from.size());
      is_done = true;
      break;
    }
    if (is_done) continue;
    if (name.front() != '-') out += name.front();
    name.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::string sound_of(std::string_view name) {
  const auto letters = rewritten(name);
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const char c = letters[i];
    const bool follows_consonant = !out.empty() && !is_vowel(out.back());
    const bool ends_syllable = i + 1 == letters.size() || !is_vowel(letters[i + 1]);
    if (!out.empty() && c == out.back()) continue;  // doubled
    // The vowel that Japanese adds: u, and o after t and d; e at the very end is silent in English.
    if (c == 'u' && follows_consonant && ends_syllable) continue;
    if (c == 'o' && follows_consonant && ends_syllable && (out.back() == 't' || out.back() == 'd'))
      continue;
    if (c == 'e' && follows_consonant && i + 1 == letters.size()) continue;
    out += c;
  }
  return out;
}

}  // namespace todoku::addresses
