// SPDX-License-Identifier: Apache-2.0
// size: a table
// The romaji table of Microsoft IME (https://support.microsoft.com/ja-jp/office/, "ローマ字入力表")
// and of Google's Mozc (data/preedit/romanji-hiragana.tsv, BSD-3-Clause): both agree on what stands
// here.
#include "proxy/addresses/kana.hpp"

#include "proxy/addresses/unicode.hpp"

#include <algorithm>
#include <array>

namespace todoku::addresses {
namespace {

struct Sound {
  std::string_view keys;
  std::string_view kana;
};

// Sorted by keys.
constexpr std::array sounds{
    Sound{"a", "あ"},     Sound{"ba", "ば"},    Sound{"be", "べ"},    Sound{"bi", "び"},
    Sound{"bo", "ぼ"},    Sound{"bu", "ぶ"},    Sound{"bya", "びゃ"}, Sound{"bye", "びぇ"},
    Sound{"byi", "びぃ"}, Sound{"byo", "びょ"}, Sound{"byu", "びゅ"}, Sound{"ca", "か"},
    Sound{"ce", "せ"},    Sound{"cha", "ちゃ"}, Sound{"che", "ちぇ"}, Sound{"chi", "ち"},
    Sound{"cho", "ちょ"}, Sound{"chu", "ちゅ"}, Sound{"ci", "し"},    Sound{"co", "こ"},
    Sound{"cu", "く"},    Sound{"cya", "ちゃ"}, Sound{"cye", "ちぇ"}, Sound{"cyi", "ちぃ"},
    Sound{"cyo", "ちょ"}, Sound{"cyu", "ちゅ"}, Sound{"da", "だ"},    Sound{"de", "で"},
    Sound{"dha", "でゃ"}, Sound{"dhe", "でぇ"}, Sound{"dhi", "でぃ"}, Sound{"dho", "でょ"},
    Sound{"dhu", "でゅ"}, Sound{"di", "ぢ"},    Sound{"do", "ど"},    Sound{"du", "づ"},
    Sound{"dya", "ぢゃ"}, Sound{"dye", "ぢぇ"}, Sound{"dyi", "ぢぃ"}, Sound{"dyo", "ぢょ"},
    Sound{"dyu", "ぢゅ"}, Sound{"e", "え"},     Sound{"fa", "ふぁ"},  Sound{"fe", "ふぇ"},
    Sound{"fi", "ふぃ"},  Sound{"fo", "ふぉ"},  Sound{"fu", "ふ"},    Sound{"fya", "ふゃ"},
    Sound{"fye", "ふぇ"}, Sound{"fyi", "ふぃ"}, Sound{"fyo", "ふょ"}, Sound{"fyu", "ふゅ"},
    Sound{"ga", "が"},    Sound{"ge", "げ"},    Sound{"gi", "ぎ"},    Sound{"go", "ご"},
    Sound{"gu", "ぐ"},    Sound{"gya", "ぎゃ"}, Sound{"gye", "ぎぇ"}, Sound{"gyi", "ぎぃ"},
    Sound{"gyo", "ぎょ"}, Sound{"gyu", "ぎゅ"}, Sound{"ha", "は"},    Sound{"he", "へ"},
    Sound{"hi", "ひ"},    Sound{"ho", "ほ"},    Sound{"hu", "ふ"},    Sound{"hya", "ひゃ"},
    Sound{"hye", "ひぇ"}, Sound{"hyi", "ひぃ"}, Sound{"hyo", "ひょ"}, Sound{"hyu", "ひゅ"},
    Sound{"i", "い"},     Sound{"ja", "じゃ"},  Sound{"je", "じぇ"},  Sound{"ji", "じ"},
    Sound{"jo", "じょ"},  Sound{"ju", "じゅ"},  Sound{"jya", "じゃ"}, Sound{"jye", "じぇ"},
    Sound{"jyi", "じぃ"}, Sound{"jyo", "じょ"}, Sound{"jyu", "じゅ"}, Sound{"ka", "か"},
    Sound{"ke", "け"},    Sound{"ki", "き"},    Sound{"ko", "こ"},    Sound{"ku", "く"},
    Sound{"kya", "きゃ"}, Sound{"kye", "きぇ"}, Sound{"kyi", "きぃ"}, Sound{"kyo", "きょ"},
    Sound{"kyu", "きゅ"}, Sound{"la", "ぁ"},    Sound{"le", "ぇ"},    Sound{"li", "ぃ"},
    Sound{"lo", "ぉ"},    Sound{"ltu", "っ"},   Sound{"lu", "ぅ"},    Sound{"lya", "ゃ"},
    Sound{"lye", "ぇ"},   Sound{"lyi", "ぃ"},   Sound{"lyo", "ょ"},   Sound{"lyu", "ゅ"},
    Sound{"ma", "ま"},    Sound{"me", "め"},    Sound{"mi", "み"},    Sound{"mo", "も"},
    Sound{"mu", "む"},    Sound{"mya", "みゃ"}, Sound{"mye", "みぇ"}, Sound{"myi", "みぃ"},
    Sound{"myo", "みょ"}, Sound{"myu", "みゅ"}, Sound{"na", "な"},    Sound{"ne", "ね"},
    Sound{"ni", "に"},    Sound{"nn", "ん"},    Sound{"no", "の"},    Sound{"nu", "ぬ"},
    Sound{"nya", "にゃ"}, Sound{"nye", "にぇ"}, Sound{"nyi", "にぃ"}, Sound{"nyo", "にょ"},
    Sound{"nyu", "にゅ"}, Sound{"o", "お"},     Sound{"pa", "ぱ"},    Sound{"pe", "ぺ"},
    Sound{"pi", "ぴ"},    Sound{"po", "ぽ"},    Sound{"pu", "ぷ"},    Sound{"pya", "ぴゃ"},
    Sound{"pye", "ぴぇ"}, Sound{"pyi", "ぴぃ"}, Sound{"pyo", "ぴょ"}, Sound{"pyu", "ぴゅ"},
    Sound{"qa", "くぁ"},  Sound{"qe", "くぇ"},  Sound{"qi", "くぃ"},  Sound{"qo", "くぉ"},
    Sound{"qu", "く"},    Sound{"ra", "ら"},    Sound{"re", "れ"},    Sound{"ri", "り"},
    Sound{"ro", "ろ"},    Sound{"ru", "る"},    Sound{"rya", "りゃ"}, Sound{"rye", "りぇ"},
    Sound{"ryi", "りぃ"}, Sound{"ryo", "りょ"}, Sound{"ryu", "りゅ"}, Sound{"sa", "さ"},
    Sound{"se", "せ"},    Sound{"sha", "しゃ"}, Sound{"she", "しぇ"}, Sound{"shi", "し"},
    Sound{"sho", "しょ"}, Sound{"shu", "しゅ"}, Sound{"si", "し"},    Sound{"so", "そ"},
    Sound{"su", "す"},    Sound{"sya", "しゃ"}, Sound{"sye", "しぇ"}, Sound{"syi", "しぃ"},
    Sound{"syo", "しょ"}, Sound{"syu", "しゅ"}, Sound{"ta", "た"},    Sound{"te", "て"},
    Sound{"tha", "てゃ"}, Sound{"the", "てぇ"}, Sound{"thi", "てぃ"}, Sound{"tho", "てょ"},
    Sound{"thu", "てゅ"}, Sound{"ti", "ち"},    Sound{"to", "と"},    Sound{"tsa", "つぁ"},
    Sound{"tse", "つぇ"}, Sound{"tsi", "つぃ"}, Sound{"tso", "つぉ"}, Sound{"tsu", "つ"},
    Sound{"tu", "つ"},    Sound{"tya", "ちゃ"}, Sound{"tye", "ちぇ"}, Sound{"tyi", "ちぃ"},
    Sound{"tyo", "ちょ"}, Sound{"tyu", "ちゅ"}, Sound{"u", "う"},     Sound{"va", "ゔぁ"},
    Sound{"ve", "ゔぇ"},  Sound{"vi", "ゔぃ"},  Sound{"vo", "ゔぉ"},  Sound{"vu", "ゔ"},
    Sound{"vya", "ゔゃ"}, Sound{"vye", "ゔぇ"}, Sound{"vyi", "ゔぃ"}, Sound{"vyo", "ゔょ"},
    Sound{"vyu", "ゔゅ"}, Sound{"wa", "わ"},    Sound{"we", "うぇ"},  Sound{"wha", "うぁ"},
    Sound{"whe", "うぇ"}, Sound{"whi", "うぃ"}, Sound{"who", "うぉ"}, Sound{"whu", "う"},
    Sound{"wi", "うぃ"},  Sound{"wo", "を"},    Sound{"wu", "う"},    Sound{"xa", "ぁ"},
    Sound{"xe", "ぇ"},    Sound{"xi", "ぃ"},    Sound{"xn", "ん"},    Sound{"xo", "ぉ"},
    Sound{"xtu", "っ"},   Sound{"xu", "ぅ"},    Sound{"xya", "ゃ"},   Sound{"xye", "ぇ"},
    Sound{"xyi", "ぃ"},   Sound{"xyo", "ょ"},   Sound{"xyu", "ゅ"},   Sound{"ya", "や"},
    Sound{"ye", "いぇ"},  Sound{"yi", "い"},    Sound{"yo", "よ"},    Sound{"yu", "ゆ"},
    Sound{"za", "ざ"},    Sound{"ze", "ぜ"},    Sound{"zi", "じ"},    Sound{"zo", "ぞ"},
    Sound{"zu", "ず"},    Sound{"zya", "じゃ"}, Sound{"zye", "じぇ"}, Sound{"zyi", "じぃ"},
    Sound{"zyo", "じょ"}, Sound{"zyu", "じゅ"}};

// Longer kana first, so that きゃ is found before き.
constexpr std::array ways_back{
    Sound{"ye", "いぇ"},  Sound{"wha", "うぁ"}, Sound{"wi", "うぃ"},  Sound{"we", "うぇ"},
    Sound{"who", "うぉ"}, Sound{"kyi", "きぃ"}, Sound{"kye", "きぇ"}, Sound{"kya", "きゃ"},
    Sound{"kyu", "きゅ"}, Sound{"kyo", "きょ"}, Sound{"gyi", "ぎぃ"}, Sound{"gye", "ぎぇ"},
    Sound{"gya", "ぎゃ"}, Sound{"gyu", "ぎゅ"}, Sound{"gyo", "ぎょ"}, Sound{"she", "しぇ"},
    Sound{"sha", "しゃ"}, Sound{"shu", "しゅ"}, Sound{"sho", "しょ"}, Sound{"je", "じぇ"},
    Sound{"ja", "じゃ"},  Sound{"ju", "じゅ"},  Sound{"jo", "じょ"},  Sound{"che", "ちぇ"},
    Sound{"cha", "ちゃ"}, Sound{"chu", "ちゅ"}, Sound{"cho", "ちょ"}, Sound{"tsa", "つぁ"},
    Sound{"tsi", "つぃ"}, Sound{"tse", "つぇ"}, Sound{"tso", "つぉ"}, Sound{"thi", "てぃ"},
    Sound{"the", "てぇ"}, Sound{"tha", "てゃ"}, Sound{"thu", "てゅ"}, Sound{"tho", "てょ"},
    Sound{"dhi", "でぃ"}, Sound{"dhe", "でぇ"}, Sound{"dha", "でゃ"}, Sound{"dhu", "でゅ"},
    Sound{"dho", "でょ"}, Sound{"nyi", "にぃ"}, Sound{"nye", "にぇ"}, Sound{"nya", "にゃ"},
    Sound{"nyu", "にゅ"}, Sound{"nyo", "にょ"}, Sound{"hyi", "ひぃ"}, Sound{"hye", "ひぇ"},
    Sound{"hya", "ひゃ"}, Sound{"hyu", "ひゅ"}, Sound{"hyo", "ひょ"}, Sound{"byi", "びぃ"},
    Sound{"bye", "びぇ"}, Sound{"bya", "びゃ"}, Sound{"byu", "びゅ"}, Sound{"byo", "びょ"},
    Sound{"pyi", "ぴぃ"}, Sound{"pye", "ぴぇ"}, Sound{"pya", "ぴゃ"}, Sound{"pyu", "ぴゅ"},
    Sound{"pyo", "ぴょ"}, Sound{"fa", "ふぁ"},  Sound{"fi", "ふぃ"},  Sound{"fe", "ふぇ"},
    Sound{"fo", "ふぉ"},  Sound{"fya", "ふゃ"}, Sound{"fyu", "ふゅ"}, Sound{"fyo", "ふょ"},
    Sound{"myi", "みぃ"}, Sound{"mye", "みぇ"}, Sound{"mya", "みゃ"}, Sound{"myu", "みゅ"},
    Sound{"myo", "みょ"}, Sound{"ryi", "りぃ"}, Sound{"rye", "りぇ"}, Sound{"rya", "りゃ"},
    Sound{"ryu", "りゅ"}, Sound{"ryo", "りょ"}, Sound{"va", "ゔぁ"},  Sound{"vi", "ゔぃ"},
    Sound{"ve", "ゔぇ"},  Sound{"vo", "ゔぉ"},  Sound{"la", "ぁ"},    Sound{"a", "あ"},
    Sound{"li", "ぃ"},    Sound{"i", "い"},     Sound{"lu", "ぅ"},    Sound{"u", "う"},
    Sound{"le", "ぇ"},    Sound{"e", "え"},     Sound{"lo", "ぉ"},    Sound{"o", "お"},
    Sound{"ka", "か"},    Sound{"ga", "が"},    Sound{"ki", "き"},    Sound{"gi", "ぎ"},
    Sound{"ku", "く"},    Sound{"gu", "ぐ"},    Sound{"ke", "け"},    Sound{"ge", "げ"},
    Sound{"ko", "こ"},    Sound{"go", "ご"},    Sound{"sa", "さ"},    Sound{"za", "ざ"},
    Sound{"si", "し"},    Sound{"zi", "じ"},    Sound{"su", "す"},    Sound{"zu", "ず"},
    Sound{"se", "せ"},    Sound{"ze", "ぜ"},    Sound{"so", "そ"},    Sound{"zo", "ぞ"},
    Sound{"ta", "た"},    Sound{"da", "だ"},    Sound{"ti", "ち"},    Sound{"di", "ぢ"},
    Sound{"ltu", "っ"},   Sound{"tu", "つ"},    Sound{"du", "づ"},    Sound{"te", "て"},
    Sound{"de", "で"},    Sound{"to", "と"},    Sound{"do", "ど"},    Sound{"na", "な"},
    Sound{"ni", "に"},    Sound{"nu", "ぬ"},    Sound{"ne", "ね"},    Sound{"no", "の"},
    Sound{"ha", "は"},    Sound{"ba", "ば"},    Sound{"pa", "ぱ"},    Sound{"hi", "ひ"},
    Sound{"bi", "び"},    Sound{"pi", "ぴ"},    Sound{"hu", "ふ"},    Sound{"bu", "ぶ"},
    Sound{"pu", "ぷ"},    Sound{"he", "へ"},    Sound{"be", "べ"},    Sound{"pe", "ぺ"},
    Sound{"ho", "ほ"},    Sound{"bo", "ぼ"},    Sound{"po", "ぽ"},    Sound{"ma", "ま"},
    Sound{"mi", "み"},    Sound{"mu", "む"},    Sound{"me", "め"},    Sound{"mo", "も"},
    Sound{"lya", "ゃ"},   Sound{"ya", "や"},    Sound{"lyu", "ゅ"},   Sound{"yu", "ゆ"},
    Sound{"lyo", "ょ"},   Sound{"yo", "よ"},    Sound{"ra", "ら"},    Sound{"ri", "り"},
    Sound{"ru", "る"},    Sound{"re", "れ"},    Sound{"ro", "ろ"},    Sound{"wa", "わ"},
    Sound{"wo", "を"},    Sound{"n", "ん"},     Sound{"vu", "ゔ"}};

constexpr std::size_t longest_keys = 3;

const Sound* sound_at(std::string_view keys) {
  for (auto size = std::min(longest_keys, keys.size()); size > 0; --size) {
    const auto wanted = keys.substr(0, size);
    const auto* found = std::lower_bound(
        sounds.begin(), sounds.end(), wanted,
        [](const Sound& sound, std::string_view text) { return sound.keys < text; });
    if (found != sounds.end() && found->keys == wanted) return found;
  }
  return nullptr;
}

bool is_consonant(char c) {
  return c >= 'a' && c <= 'z' && std::string_view("aiueo").find(c) == std::string_view::npos;
}

}  // namespace

std::string shown_by_input_method(std::string_view keys) {
  std::string out;
  while (!keys.empty()) {
    if (const auto* sound = sound_at(keys)) {
      out += sound->kana;
      keys.remove_prefix(sound->keys.size());
      continue;
    }
    const char key = keys.front();
    const bool is_doubled = keys.size() > 1 && keys[1] == key && is_consonant(key) && key != 'n';
    const bool is_n = key == 'n' && keys.size() > 1 && is_consonant(keys[1]) && keys[1] != 'y';
    if (is_doubled) {
      out += "っ";
    } else if (is_n) {
      out += "ん";
    } else {
      out += key;
    }
    keys.remove_prefix(1);
  }
  return out;
}

std::string romaji_of(std::string_view text) {
  const auto kana = as_hiragana(text);
  std::string out;
  std::string_view rest = kana;
  while (!rest.empty()) {
    const auto found = std::find_if(ways_back.begin(), ways_back.end(), [rest](const Sound& sound) {
      return rest.starts_with(sound.kana);
    });
    if (found != ways_back.end()) {
      out += found->keys;
      rest.remove_prefix(found->kana.size());
    } else {
      const auto letter = letter_at(rest, 0);
      if (letter.code == 0x30FC) {  // the long-vowel sign repeats the vowel
        if (!out.empty() && !is_consonant(out.back())) out += out.back();
      } else {
        out += rest.substr(0, letter.size);
      }
      rest.remove_prefix(letter.size);
    }
  }
  return out;
}

bool has_kana(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = letter_at(text, i);
    if (is_kana(letter.code)) return true;
    i += letter.size;
  }
  return false;
}

std::string as_hiragana(std::string_view text) {
  // U+FF66 to U+FF9D in order; the voice marks U+FF9E and U+FF9F change the letter before them.
  static constexpr std::u32string_view half_width =
      U"をぁぃぅぇぉゃゅょっーあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめ"
      U"もやゆよらりるれろわん";
  std::string out;
  char32_t before = 0;
  const auto flush = [&] {
    if (before != 0) append(out, before);
    before = 0;
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = letter_at(text, i);
    i += letter.size;
    char32_t code = letter.code;
    if ((code == 0xFF9E || code == 0xFF9F) && before != 0) {
      before += code - 0xFF9D;  // か + 1 = が, は + 2 = ぱ
      flush();
      continue;
    }
    flush();
    if (code >= 0x30A1 && code <= 0x30F6) code -= 0x60;
    if (code >= 0xFF66 && code <= 0xFF9D) code = half_width[code - 0xFF66];
    before = letter.is_valid ? code : U'?';
  }
  flush();
  return out;
}

}  // namespace todoku::addresses
