// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Japanese input method left on: what it shows for keys that were meant as Latin letters, and
// the way back. Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::addresses {

// keys: lower-case ASCII. "outlook" is shown as "おうtぉおk": l is the small-letter prefix, c
// before a, u, o is a k. Dots and hyphens stay.
[[nodiscard]] std::string shown_by_input_method(std::string_view keys);
// The keys that most likely made this text; katakana counts as hiragana. What is no kana stays.
[[nodiscard]] std::string romaji_of(std::string_view text);
[[nodiscard]] bool has_kana(std::string_view text);
// Katakana and half-width katakana become hiragana.
[[nodiscard]] std::string as_hiragana(std::string_view text);

}  // namespace todoku::addresses
