// SPDX-License-Identifier: Apache-2.0
// Cuts a reply into words; every byte is looked at a bounded number of times.
#include "proxy/delivery/wait_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace todoku::delivery {

namespace {

struct Known {
  std::string_view word;
  WaitWord kind;
  double seconds = 0;
};

// size: a table
constexpr std::array english{
    Known{"s", WaitWord::unit, 1},         Known{"sec", WaitWord::unit, 1},
    Known{"secs", WaitWord::unit, 1},      Known{"second", WaitWord::unit, 1},
    Known{"seconds", WaitWord::unit, 1},   Known{"min", WaitWord::unit, 60},
    Known{"mins", WaitWord::unit, 60},     Known{"minute", WaitWord::unit, 60},
    Known{"minutes", WaitWord::unit, 60},  Known{"h", WaitWord::unit, 3600},
    Known{"hr", WaitWord::unit, 3600},     Known{"hrs", WaitWord::unit, 3600},
    Known{"hour", WaitWord::unit, 3600},   Known{"hours", WaitWord::unit, 3600},
    Known{"day", WaitWord::unit, 86400},   Known{"days", WaitWord::unit, 86400},
    Known{"hourly", WaitWord::per, 3600},  Known{"daily", WaitWord::per, 86400},
    Known{"one", WaitWord::number, 1},     Known{"two", WaitWord::number, 2},
    Known{"three", WaitWord::number, 3},   Known{"five", WaitWord::number, 5},
    Known{"ten", WaitWord::number, 10},    Known{"fifteen", WaitWord::number, 15},
    Known{"twenty", WaitWord::number, 20}, Known{"thirty", WaitWord::number, 30},
    Known{"sixty", WaitWord::number, 60},  Known{"a", WaitWord::one, 1},
    Known{"an", WaitWord::one, 1},         Known{"half", WaitWord::half, 0.5},
    Known{"and", WaitWord::conjunction},   Known{"try", WaitWord::wait},
    Known{"retry", WaitWord::wait},        Known{"retrying", WaitWord::wait},
    Known{"again", WaitWord::wait},        Known{"wait", WaitWord::wait},
    Known{"later", WaitWord::wait},        Known{"back", WaitWord::wait},
    Known{"resend", WaitWord::wait},       Known{"reconnect", WaitWord::wait},
    Known{"resubmit", WaitWord::wait},     Known{"delay", WaitWord::wait},
    Known{"delayed", WaitWord::wait},      Known{"deferred", WaitWord::wait},
    Known{"postponed", WaitWord::wait},    Known{"throttled", WaitWord::wait},
    Known{"greylist", WaitWord::wait},     Known{"greylisted", WaitWord::wait},
    Known{"greylisting", WaitWord::wait},  Known{"graylist", WaitWord::wait},
    Known{"graylisted", WaitWord::wait},   Known{"graylisting", WaitWord::wait},
    Known{"suspended", WaitWord::wait},    Known{"blocked", WaitWord::wait},
    Known{"in", WaitWord::leads},          Known{"after", WaitWord::leads},
    Known{"for", WaitWord::leads},         Known{"least", WaitWord::leads},
    Known{"another", WaitWord::leads},     Known{"per", WaitWord::per},
    Known{"every", WaitWord::per},         Known{"each", WaitWord::per},
    Known{"within", WaitWord::per},        Known{"limit", WaitWord::limit},
    Known{"limits", WaitWord::limit},      Known{"limited", WaitWord::limit},
    Known{"limitation", WaitWord::limit},  Known{"rate", WaitWord::limit},
    Known{"quota", WaitWord::limit},       Known{"exceeded", WaitWord::limit},
    Known{"exceeds", WaitWord::limit},     Known{"many", WaitWord::limit},
    Known{"maximum", WaitWord::limit},     Known{"max", WaitWord::limit},
    Known{"ago", WaitWord::past},          Known{"old", WaitWord::past},
    Known{"until", WaitWord::time_of_day}, Known{"till", WaitWord::time_of_day},
    Known{"at", WaitWord::time_of_day},    Known{"am", WaitWord::time_of_day},
    Known{"pm", WaitWord::time_of_day},    Known{"gmt", WaitWord::time_of_day},
    Known{"utc", WaitWord::time_of_day},   Known{"jst", WaitWord::time_of_day},
    Known{"timeout", WaitWord::no_wait},   Known{"timed", WaitWord::no_wait},
    Known{"idle", WaitWord::no_wait},      Known{"inactivity", WaitWord::no_wait},
    Known{"keep", WaitWord::no_wait},
};

// Longer ones stand before their beginnings. size: a table
constexpr std::array japanese{
    Known{"秒間", WaitWord::unit, 1},      Known{"秒", WaitWord::unit, 1},
    Known{"分間", WaitWord::unit, 60},     Known{"分", WaitWord::unit, 60},
    Known{"時間", WaitWord::unit, 3600},   Known{"時", WaitWord::time_of_day},
    Known{"前", WaitWord::past},           Known{"あたり", WaitWord::per},
    Known{"当たり", WaitWord::per},        Known{"毎", WaitWord::per},
    Known{"以内", WaitWord::per},          Known{"上限", WaitWord::limit},
    Known{"制限", WaitWord::limit},        Known{"超え", WaitWord::limit},
    Known{"超過", WaitWord::limit},        Known{"再送", WaitWord::wait},
    Known{"再試行", WaitWord::wait},       Known{"再度", WaitWord::wait},
    Known{"もう一度", WaitWord::wait},     Known{"待", WaitWord::wait},
    Known{"送り直", WaitWord::wait},       Known{"グレイリスト", WaitWord::wait},
    Known{"グレーリスト", WaitWord::wait}, Known{"タイムアウト", WaitWord::no_wait},
    Known{"。", WaitWord::border},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Full-width digits as plain ones, and ASCII letters small.
std::string normal(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = text.substr(at);
    const bool is_wide =
        rest.size() >= 3 && rest.starts_with("\xEF\xBC") && rest[2] >= '\x90' && rest[2] <= '\x99';
    if (is_wide) {
      made += static_cast<char>('0' + (rest[2] - '\x90'));
      at += 2;
    } else {
      made += text[at] >= 'A' && text[at] <= 'Z' ? static_cast<char>(text[at] + 32) : text[at];
    }
  }
  return made;
}

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  std::vector<WaitToken> tokens() {
    while (at_ < text_.size()) one();
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char next(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void add(WaitWord kind, double seconds = 0) { tokens_.push_back({kind, seconds}); }

  void one() {
    if (is_digit(next())) return number();
    if (is_letter(next())) return word();
    const auto rest = text_.substr(at_);
    for (const auto& known : japanese) {
      if (!rest.starts_with(known.word)) continue;
      at_ += known.word.size();
      return add(known.kind, known.seconds);
    }
    const char c = next();
    const bool ends = (c == '.' || c == '!' || c == '?' || c == ';') && !is_digit(next(1));
    if (ends) add(WaitWord::border);
    if (c == '/') add(WaitWord::per);
    // Signs that make the next number something else: an id, an address, a price.
    if (std::string_view("#$@[<_+").find(c) != std::string_view::npos) {
      ++at_;
      return skip_run();
    }
    if (c == '(' || c == '"') add(WaitWord::other);
    ++at_;
  }

  void word() {
    const auto begin = at_;
    while (is_letter(next())) ++at_;
    // "mx2", "id_5", "a.b.example", "x@y": names, not words.
    const bool joins =
        next() == '_' || next() == '@' || is_digit(next()) || (next() == '.' && is_letter(next(1)));
    if (joins) return skip_run();
    const auto said = text_.substr(begin, at_ - begin);
    const auto known =
        std::ranges::find_if(english, [said](const Known& one) { return one.word == said; });
    if (known == english.end()) return add(WaitWord::other);
    add(known->kind, known->seconds);
  }

  void number() {
    const auto begin = at_;
    while (is_digit(next()) || (is_inner(next()) && is_digit(next(1)))) ++at_;
    const auto run = text_.substr(begin, at_ - begin);
    const bool joins =
        next() == '@' || next() == '_' || next() == '%' || (next() == '/' && !is_letter(next(1)));
    if (joins) return skip_run();
    if (std::ranges::all_of(run, is_digit)) return amount(run);
    if (run.size() <= 8 && std::ranges::count(run, ':') == 2) return clock(run);
    const bool is_one_sign = std::ranges::count_if(run, is_inner) == 1;
    if (is_one_sign && run.find('.') != std::string_view::npos) return fraction(run);
    // "5-10 minutes": the longer one.
    if (is_one_sign && run.find('-') != std::string_view::npos) {
      return amount(run.substr(run.find('-') + 1));
    }
    skip_run();
  }
  static bool is_inner(char c) { return c == '.' || c == ':' || c == '-'; }

  static double value_of(std::string_view digits) {
    double value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
  }

  // "30", and "30s", "30m", "5min", "1h30m" with their units.
  void amount(std::string_view digits) {
    if (digits.size() > 7) return skip_run();
    measured(value_of(digits));
  }
  void fraction(std::string_view run) {
    const auto dot = run.find('.');
    const auto behind = run.substr(dot + 1);
    if (dot > 4 || behind.size() > 2) return skip_run();
    measured(value_of(run.substr(0, dot)) + value_of(behind) / (behind.size() == 1 ? 10 : 100));
  }
  void measured(double value) {
    if (next() == '-' && is_letter(next(1))) ++at_;  // "30-minute"
    if (!is_letter(next())) return add(WaitWord::number, value);
    const auto begin = at_;
    while (is_letter(next())) ++at_;
    const auto said = text_.substr(begin, at_ - begin);
    if (said == "m") return add(WaitWord::duration, value * 60);
    const auto known = std::ranges::find_if(english, [said](const Known& one) {
      return one.kind == WaitWord::unit && one.word == said;
    });
    if (known == english.end()) return skip_run();
    add(WaitWord::duration, value * known->seconds);
  }

  void clock(std::string_view run) {
    const auto first = run.find(':');
    const auto second = run.find(':', first + 1);
    const auto hours = value_of(run.substr(0, first));
    const auto minutes = value_of(run.substr(first + 1, second - first - 1));
    const auto seconds = value_of(run.substr(second + 1));
    if (hours > 24 || minutes > 59 || seconds > 59) return add(WaitWord::other);
    add(WaitWord::clock, hours * 3600 + minutes * 60 + seconds);
  }

  // To the next space: something composed, that is no number and no word.
  void skip_run() {
    while (next() > ' ' && next() != ',' && next() != ';' && next() != ')') ++at_;
    add(WaitWord::other);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<WaitToken> tokens_;
};

}  // namespace

std::vector<WaitToken> wait_tokens(std::string_view text) {
  const auto small = normal(text);
  return Cutter(small).tokens();
}

}  // namespace todoku::delivery
