// SPDX-License-Identifier: Apache-2.0
// A duration counts when its sentence speaks of waiting near it, or of a limit whose period it is.
#include "proxy/delivery/wait_hint.hpp"

#include "proxy/delivery/wait_words.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace todoku::delivery {

namespace {

// Words looked at on either side of a duration; keeps the time linear.
constexpr std::size_t reach = 12;
constexpr std::size_t most_bytes = 4096;

struct Span {
  std::size_t begin;
  std::size_t end;  // behind the last token
  double seconds;
};

class Reader {
 public:
  explicit Reader(std::vector<WaitToken> tokens) : tokens_(std::move(tokens)) {}

  double longest_wait() const {
    double longest = 0;
    for (std::size_t at = 0; at < tokens_.size();) {
      const auto span = duration_at(at);
      if (span.seconds >= 1 && is_wait(span)) longest = std::max(longest, span.seconds);
      at = std::max(span.end, at + 1);
    }
    return longest;
  }

 private:
  [[nodiscard]] WaitWord kind(std::size_t at) const {
    return at < tokens_.size() ? tokens_[at].kind : WaitWord::border;
  }
  [[nodiscard]] WaitWord before(std::size_t at) const {
    return at == 0 ? WaitWord::border : kind(at - 1);
  }

  // One piece: "30 minutes", "5min", "an hour", "half an hour". end == at: none here.
  [[nodiscard]] Span piece_at(std::size_t at) const {
    switch (kind(at)) {
      case WaitWord::duration:
        return {at, at + 1, tokens_[at].seconds};
      case WaitWord::number:
      case WaitWord::one:
        if (kind(at + 1) != WaitWord::unit) break;
        return {at, at + 2, tokens_[at].seconds * tokens_[at + 1].seconds};
      case WaitWord::half:
        if (kind(at + 1) != WaitWord::one || kind(at + 2) != WaitWord::unit) break;
        return {at, at + 3, tokens_[at + 2].seconds / 2};
      default:
        break;
    }
    return {at, at, 0};
  }

  // Pieces in a row add up, "1 hour and 30 minutes".
  [[nodiscard]] Span duration_at(std::size_t at) const {
    if (kind(at) == WaitWord::clock) return clock_at(at);
    if (kind(at) == WaitWord::per) return period_at(at);
    auto span = piece_at(at);
    if (span.end == at) return bare_number_at(at);
    double last = span.seconds;
    while (true) {
      const bool joined = kind(span.end) == WaitWord::conjunction;
      const auto more = piece_at(span.end + (joined ? 1 : 0));
      const bool is_finer = more.seconds > 0 && more.seconds < last;
      if (more.end == more.begin || !is_finer) return span;
      last = more.seconds;
      span = {at, more.end, span.seconds + more.seconds};
    }
  }

  // 00:05:00 is a duration behind "in", "after", "wait"; else a time of day.
  [[nodiscard]] Span clock_at(std::size_t at) const {
    const auto left = before(at);
    const bool leads = left == WaitWord::leads || left == WaitWord::wait;
    if (!leads || kind(at + 1) == WaitWord::time_of_day) return {at, at + 1, 0};
    return {at, at + 1, tokens_[at].seconds};
  }

  // "per hour", "hourly": the period of a limit, without a number.
  [[nodiscard]] Span period_at(std::size_t at) const {
    if (tokens_[at].seconds > 0) return {at, at + 1, tokens_[at].seconds};
    if (kind(at + 1) == WaitWord::unit) return {at, at + 2, tokens_[at + 1].seconds};
    return {at, at, 0};
  }

  // "Retry-After: 3600": seconds, when the sentence ends there. Not a year.
  [[nodiscard]] Span bare_number_at(std::size_t at) const {
    const Span none{at, at, 0};
    if (kind(at) != WaitWord::number || kind(at + 1) != WaitWord::border) return none;
    const double value = tokens_[at].seconds;
    const bool is_year = value >= 1990 && value < 2100;
    const bool leads = at >= 2 && kind(at - 1) == WaitWord::leads && kind(at - 2) == WaitWord::wait;
    if (!leads || is_year || value > 86400) return none;
    return {at, at + 1, value};
  }

  [[nodiscard]] bool is_wait(const Span& span) const {
    if (kind(span.end) == WaitWord::past) return false;
    const auto left = before(span.begin);
    // 13時30分, "at 5 min past"
    if (left == WaitWord::time_of_day) return false;
    if (speaks_of(span, WaitWord::no_wait)) return false;
    if (is_period(span)) return speaks_of(span, WaitWord::limit) || speaks_of(span, WaitWord::wait);
    return speaks_of(span, WaitWord::wait);
  }

  [[nodiscard]] bool is_period(const Span& span) const {
    return kind(span.begin) == WaitWord::per || before(span.begin) == WaitWord::per ||
           kind(span.end) == WaitWord::per || speaks_of(span, WaitWord::limit);
  }

  // In the same sentence, and near.
  [[nodiscard]] bool speaks_of(const Span& span, WaitWord wanted) const {
    for (std::size_t back = 1; back <= reach && back <= span.begin; ++back) {
      if (kind(span.begin - back) == WaitWord::border) break;
      if (kind(span.begin - back) == wanted) return true;
    }
    for (std::size_t at = span.end; at < span.end + reach; ++at) {
      if (kind(at) == WaitWord::border) break;
      if (kind(at) == wanted) return true;
    }
    return false;
  }

  std::vector<WaitToken> tokens_;
};

}  // namespace

std::optional<std::chrono::seconds> wait_named_in(std::string_view reply_text) {
  const double wait = Reader(wait_tokens(reply_text.substr(0, most_bytes))).longest_wait();
  if (wait < 1) return std::nullopt;
  const double longest = std::chrono::duration<double>(longest_named_wait).count();
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(wait, longest)));
}

}  // namespace todoku::delivery
