// SPDX-License-Identifier: Apache-2.0
// Runs of good lines are copied in one piece: the output is touched where a dot must go or a
// newline must be repaired.
#include "proxy/smtp/data_scanner.hpp"

#include "proxy/smtp/plain_run.hpp"

namespace todoku::smtp {

struct DataScanner::Cursor {
  std::string_view input;
  std::string& out;
  std::size_t at = 0;
  std::size_t kept = 0;  // input from here to `at` goes to out unchanged, but is not copied yet

  [[nodiscard]] bool has_more() const { return at < input.size(); }
  void flush(std::size_t end) {
    out.append(input.substr(kept, end - kept));
    kept = end;
  }
  void skip_to(std::size_t position) {
    at = position;
    kept = position;
  }
};

std::size_t DataScanner::feed(std::string_view input, std::string& out) {
  const std::size_t out_before = out.size();
  Cursor cursor{input, out};
  while (cursor.has_more() && state_ != State::done) {
    if (state_ == State::line_start && !(line_after_crlf_ && input[cursor.at] == '.'))
      state_ = State::in_line;
    if (state_ == State::in_line)
      take_run(cursor);
    else
      step_held(cursor);
  }
  cursor.flush(cursor.at);
  decoded_bytes_ += out.size() - out_before;
  return cursor.at;
}

// From within a line through all that passes as it is; then over the newline that must be repaired,
// if one stopped it.
void DataScanner::take_run(Cursor& cursor) {
  const std::size_t size = plain_run(cursor.input.substr(cursor.at));
  cursor.at += size;
  if (size > 0 && cursor.input[cursor.at - 1] == '\n') return end_line(true);
  if (!cursor.has_more()) return;
  const bool is_return = cursor.input[cursor.at] == '\r';
  cursor.flush(cursor.at);
  cursor.skip_to(cursor.at + 1);
  if (is_return && !cursor.has_more()) {
    state_ = State::after_cr;
    return;
  }
  ++bare_newlines_;
  cursor.out += "\r\n";
  end_line(false);
}

// One byte in a state that holds something back.
void DataScanner::step_held(Cursor& cursor) {
  const char c = cursor.input[cursor.at];
  switch (state_) {
    case State::line_start:  // at the dot of a line after a true CRLF
      cursor.flush(cursor.at);
      cursor.skip_to(cursor.at + 1);
      state_ = State::dot;
      break;
    case State::dot:
      state_ = c == '\r' ? State::dot_cr : State::in_line;
      if (c == '\r') cursor.skip_to(cursor.at + 1);
      break;
    case State::dot_cr:
    case State::after_cr:
      if (c == '\n') cursor.skip_to(cursor.at + 1);
      if (c == '\n' && state_ == State::dot_cr) {
        state_ = State::done;
        break;
      }
      if (c != '\n') ++bare_newlines_;
      cursor.out += "\r\n";
      end_line(c == '\n');
      break;
    case State::in_line:
    case State::done:
      break;
  }
}

void DataScanner::end_line(bool after_crlf) {
  state_ = State::line_start;
  line_after_crlf_ = after_crlf;
}

}  // namespace todoku::smtp
