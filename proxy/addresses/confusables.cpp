// SPDX-License-Identifier: Apache-2.0
// size: a table
// Chosen from Unicode's confusables.txt (UTS #39, version 15,
// https://www.unicode.org/reports/tr39/): the lower-case letters that browsers and mail programs
// show like an ASCII letter.
#include "proxy/addresses/confusables.hpp"

#include "proxy/addresses/unicode.hpp"

#include <array>

namespace todoku::addresses {
namespace {

struct Look {
  std::u32string_view letters;
  char ascii;
};

// As escapes, because the letters themselves cannot be told apart on the screen.
constexpr std::array looks{
    Look{U"\u00E0\u00E1\u00E2\u00E3\u00E4\u00E5\u0101\u0103\u0105\u01CE\u0201\u0203\u0227\u1EA1"
         U"\u1EA3\u0251\u0430\u04D1\u04D3\u03B1\u03AC\u00AA\u00C0\u00C1\u00C2\u00C3\u00C4\u00C5"
         U"\u0410\u0391",
         'a'},
    Look{U"\u0253\u0180\u1E03\u1E05\u0184\u0185\u042C\u044C\u0412\u0392", 'b'},
    Look{U"\u00E7\u0107\u0109\u010B\u010D\u0188\u0441\u03F2\u1D04\u0421\u03F9\u00C7", 'c'},
    Look{U"\u010F\u0111\u0257\u1E0B\u1E0D\u0501\u00F0", 'd'},
    Look{U"\u00E8\u00E9\u00EA\u00EB\u0113\u0115\u0117\u0119\u011B\u0205\u0207\u1EB9\u0435\u0451"
         U"\u0450\u03B5\u03AD\u04BD\u00C8\u00C9\u00CA\u00CB\u0415\u0395",
         'e'},
    Look{U"\u0192\u1E1F\u017F", 'f'},
    Look{U"\u011D\u011F\u0121\u0123\u01E7\u0260\u0261\u0581\u050D", 'g'},
    Look{U"\u0125\u0127\u04BB\u0570\u1E25\u041D\u0397", 'h'},
    Look{U"\u00EC\u00ED\u00EE\u00EF\u0129\u012B\u012D\u012F\u0131\u01D0\u0456\u0457\u03B9\u03AF"
         U"\u03CA\u1EC9\u1ECB\u00CD\u0130\u0406\u0399",
         'i'},
    Look{U"\u0135\u0458\u03F3\u029D\u0408", 'j'},
    Look{U"\u0137\u0138\u01E9\u043A\u03BA\u049B\u041A\u039A", 'k'},
    Look{U"\u013A\u013C\u013E\u0140\u0142\u04CF\u0269\u1E37\u04C0", 'l'},
    Look{U"\u1E3F\u1E41\u1E43\u0271\u043C\u041C\u039C", 'm'},
    Look{U"\u00F1\u0144\u0146\u0148\u0149\u014B\u0272\u03B7\u043F\u0578\u057C\u039D", 'n'},
    Look{U"\u00F2\u00F3\u00F4\u00F5\u00F6\u00F8\u014D\u014F\u0151\u01D2\u043E\u03BF\u03CC\u0585"
         U"\u1ECD\u1ECF\u03C3\u04E7\u041E\u039F\u00D3\u00D6",
         'o'},
    Look{U"\u0440\u03C1\u01A5\u1E57\u0420\u03A1", 'p'},
    Look{U"\u0566\u051B\u02A0", 'q'},
    Look{U"\u0155\u0157\u0159\u0433\u027C\u1E5B", 'r'},
    Look{U"\u015B\u015D\u015F\u0161\u0219\u0455\u1E63\u0405", 's'},
    Look{U"\u0163\u0165\u0167\u021B\u03C4\u0442\u1E6D\u0422\u03A4", 't'},
    Look{U"\u00F9\u00FA\u00FB\u00FC\u0169\u016B\u016D\u016F\u0171\u0173\u01D4\u03C5\u03CD\u057D"
         U"\u1EE5\u1EE7\u00DA\u00DC",
         'u'},
    Look{U"\u03BD\u0475\u1D20\u0474", 'v'},
    Look{U"\u0175\u1E81\u1E83\u1E85\u0461\u051D\u03C9\u1D21", 'w'},
    Look{U"\u0445\u03C7\u1E8B\u04B3\u0425\u03A7", 'x'},
    Look{U"\u00FD\u00FF\u0177\u0443\u04AF\u03B3\u1EF3\u1EF5\u04EF\u0423\u03A5", 'y'},
    Look{U"\u017A\u017C\u017E\u01B6\u1E93\u0396", 'z'}};

char32_t look_of(char32_t code) {
  if (code < 0x80) return code;
  for (const auto& look : looks)
    if (look.letters.find(code) != std::u32string_view::npos)
      return static_cast<unsigned char>(look.ascii);
  return code;
}

}  // namespace

std::string as_it_looks(std::string_view domain) {
  std::string out;
  for (std::size_t i = 0; i < domain.size();) {
    const auto letter = letter_at(domain, i);
    if (letter.is_valid) append(out, look_of(narrowed(letter.code)));
    i += letter.size;
  }
  return out;
}

bool mixes_alphabets(std::string_view domain) {
  bool has_latin = false;
  bool has_other = false;
  for (std::size_t i = 0; i < domain.size();) {
    const auto letter = letter_at(domain, i);
    i += letter.size;
    if (letter.code == '.') {
      has_latin = has_other = false;
      continue;
    }
    has_latin = has_latin || is_latin(letter.code);
    has_other = has_other || is_cyrillic_or_greek(letter.code);
    if (has_latin && has_other) return true;
  }
  return false;
}

}  // namespace todoku::addresses
