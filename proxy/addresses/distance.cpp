// SPDX-License-Identifier: Apache-2.0
// The prices follow what slips are seen: a swap or a doubled letter is more common than the key
// beside, and that more than an unrelated letter (Damerau, "A technique for computer detection and
// correction of spelling errors", CACM 7(3), 1964; neighbours on a QWERTY keyboard).
#include "proxy/addresses/distance.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace todoku::addresses {
namespace {

constexpr Cost look_alike = 40;
constexpr Cost separator = 45;  // a dot or hyphen lost, gained, or taken for the other
constexpr Cost doubled = 50;
constexpr Cost swapped = 60;
constexpr Cost same_sound = 65;
constexpr Cost key_beside = 70;
constexpr Cost lost = 80;
constexpr Cost moved = 85;  // a letter that jumped over two others
constexpr Cost gained = 90;
constexpr Cost unrelated = 110;

using Table = std::array<std::array<bool, 128>, 128>;

constexpr void mark_both(Table& table, char a, char b) {
  table[static_cast<unsigned char>(a)][static_cast<unsigned char>(b)] = true;
  table[static_cast<unsigned char>(b)][static_cast<unsigned char>(a)] = true;
}

// Keys that touch on QWERTY and on the Japanese keyboard: in a row, and slanting to the rows
// beside.
constexpr Table make_neighbours() {
  constexpr std::array<std::string_view, 4> rows{"1234567890-", "qwertyuiop", "asdfghjkl",
                                                 "zxcvbnm"};
  Table table{};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      if (i + 1 < rows[row].size()) mark_both(table, rows[row][i], rows[row][i + 1]);
      if (row == 0) continue;
      const auto above = rows[row - 1];
      if (i < above.size()) mark_both(table, rows[row][i], above[i]);
      if (i + 1 < above.size()) mark_both(table, rows[row][i], above[i + 1]);
    }
  }
  return table;
}

constexpr Table make_pairs(std::initializer_list<std::string_view> pairs) {
  Table table{};
  for (const auto pair : pairs) mark_both(table, pair[0], pair[1]);
  return table;
}

constexpr Table neighbours = make_neighbours();
constexpr Table looks = make_pairs({"1l", "1i", "il", "0o", "5s", "6b", "6g", "3e", "8b", "9g",
                                    "9q", "gq", "2z", "4a", "7t", "uv", "vy"});
constexpr Table sounds = make_pairs({"ck", "lr", "fh", "bv", "sz", "iy", "ae", "ou", "kq", "jz"});

bool has(const Table& table, char a, char b) {
  const auto left = static_cast<unsigned char>(a);
  const auto right = static_cast<unsigned char>(b);
  return left < 128 && right < 128 && table[left][right];
}

bool is_separator(char c) {
  return c == '.' || c == '-';
}

Cost replaced(char typed, char meant) {
  if (typed == meant) return 0;
  if (has(looks, typed, meant)) return look_alike;
  if (is_separator(typed) && is_separator(meant)) return separator;
  if (has(sounds, typed, meant)) return same_sound;
  return has(neighbours, typed, meant) ? key_beside : unrelated;
}

char at(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : '\0';
}

// A letter too many: cheap when it doubles the one beside it, or was hit together with it.
Cost gained_at(std::string_view typed, std::size_t i) {
  const char before = i > 0 ? typed[i - 1] : '\0';
  const char after = at(typed, i + 1);
  if (typed[i] == before || typed[i] == after) return doubled;
  if (is_separator(typed[i])) return separator;
  const bool is_beside = has(neighbours, typed[i], before) || has(neighbours, typed[i], after);
  return is_beside ? key_beside : gained;
}

Cost lost_at(std::string_view meant, std::size_t j) {
  const char before = j > 0 ? meant[j - 1] : '\0';
  if (meant[j] == before || meant[j] == at(meant, j + 1)) return doubled;
  return is_separator(meant[j]) ? separator : lost;
}

// "rn" is read as m, "cl" as d, "vv" as w.
bool looks_like_one(char first, char second, char meant) {
  return (first == 'r' && second == 'n' && meant == 'm') ||
         (first == 'c' && second == 'l' && meant == 'd') ||
         (first == 'v' && second == 'v' && meant == 'w');
}

// "ila" for "ail", "mga" for "gma": the three letters that end at i and j.
bool is_moved(std::string_view typed, std::size_t i, std::string_view meant, std::size_t j) {
  if (i < 3 || j < 3) return false;
  const char a = typed[i - 3], b = typed[i - 2], c = typed[i - 1];
  const char x = meant[j - 3], y = meant[j - 2], z = meant[j - 1];
  return (x == c && y == a && z == b) || (x == b && y == c && z == a);
}

using Line = std::array<Cost, longest_compared + 1>;

// The table of Damerau and Levenshtein, of which only four lines are needed at a time.
struct Lines {
  std::array<Line, 4> all;  // filled before they are read
  Line* third = &all[0];   // three above
  Line* before = &all[1];  // two above
  Line* above = &all[2];
  Line* line = &all[3];

  void step() {
    Line* const oldest = std::exchange(third, before);
    before = std::exchange(above, line);
    line = oldest;
  }
};

// What it costs at least to have typed the first i letters for the first j that were meant.
Cost cheapest(const Lines& lines, std::string_view typed, std::size_t i, std::string_view meant,
              std::size_t j, Cost extra) {
  const char now = typed[i - 1];
  Cost best = (*lines.above)[j - 1] + replaced(now, meant[j - 1]);
  best = std::min(best, (*lines.above)[j] + extra);
  best = std::min(best, (*lines.line)[j - 1] + lost_at(meant, j - 1));
  if (i > 1 && j > 1 && now == meant[j - 2] && typed[i - 2] == meant[j - 1])
    best = std::min(best, (*lines.before)[j - 2] + swapped);
  if (is_moved(typed, i, meant, j)) best = std::min(best, (*lines.third)[j - 3] + moved);
  if (i > 1 && looks_like_one(typed[i - 2], now, meant[j - 1]))
    best = std::min(best, (*lines.before)[j - 1] + look_alike);
  if (j > 1 && looks_like_one(meant[j - 2], meant[j - 1], now))
    best = std::min(best, (*lines.above)[j - 2] + look_alike);
  return best;
}

}  // namespace

Cost typing_cost(std::string_view typed, std::string_view meant, Cost most) {
  if (typed.size() > longest_compared || meant.size() > longest_compared) return too_far;
  Lines lines;
  (*lines.line)[0] = 0;
  for (std::size_t j = 1; j <= meant.size(); ++j)
    (*lines.line)[j] = (*lines.line)[j - 1] + lost_at(meant, j - 1);
  int lines_too_far = 0;
  for (std::size_t i = 1; i <= typed.size(); ++i) {
    lines.step();
    const Cost extra = gained_at(typed, i - 1);
    Cost least = (*lines.line)[0] = (*lines.above)[0] + extra;
    for (std::size_t j = 1; j <= meant.size(); ++j) {
      const Cost cost = cheapest(lines, typed, i, meant, j, extra);
      (*lines.line)[j] = cost;
      least = std::min(least, cost);
    }
    // A step looks back three lines at most: when none of these is within reach, nothing will be.
    lines_too_far = least > most ? lines_too_far + 1 : 0;
    if (lines_too_far == 3) return too_far;
  }
  const Cost cost = (*lines.line)[meant.size()];
  return cost <= most ? cost : too_far;
}

}  // namespace todoku::addresses
