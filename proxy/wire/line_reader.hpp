// SPDX-License-Identifier: Apache-2.0
#pragma once

// Cuts a byte stream into CRLF lines with a bounded length. Holds the unread rest, so pipelined
// commands behind a line stay available. Plain value, one owner, no thread of its own.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::wire {

class LineReader {
 public:
  explicit LineReader(std::size_t max_line) : max_line_(max_line) {}

  void feed(std::string_view bytes);

  struct Line {
    std::string_view
        text;  // without its line ending; valid until the next feed/next/clear/take_rest
    bool too_long = false;  // longer than the limit: text is its beginning, the rest was dropped
    bool bare_lf = false;   // ended by LF alone (commands and replies may; message bodies never)
  };
  // The next complete line, or nothing yet. A line over the limit is reported once, when it ends.
  std::optional<Line> next();

  // Everything unread, for a reader of another kind (the DATA scanner, TLS). Leaves it empty.
  std::string take_rest();
  [[nodiscard]] std::string_view rest() const;  // the unread bytes, without taking them
  void consume(std::size_t count);              // drops that many unread bytes
  void clear();
  void set_max_line(std::size_t max_line) { max_line_ = max_line; }
  // Bytes held right now (bounded by max_line plus one feed).
  [[nodiscard]] std::size_t held() const;

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;
  std::size_t max_line_;
  bool dropping_ = false;
  std::string dropped_head_;
};

}  // namespace todoku::wire
