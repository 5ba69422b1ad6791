// SPDX-License-Identifier: Apache-2.0
// Runs of good lines are copied in one piece: bytes are only looked at by memchr, and the output is
// touched where a dot must go or a newline must be repaired.
#include "proxy/smtp/data_scanner.hpp"

#include "proxy/wire/octet_count.hpp"

#include <algorithm>
#include <cstring>

namespace todoku::smtp {

struct DataScanner::Cursor {
  std::string_view input;
  std::string& out;
  std::size_t at = 0;
  std::size_t kept = 0;  // input from here to `at` goes to out unchanged, but is not copied yet
  std::size_t cr = 0;
  bool cr_known = false;

  [[nodiscard]] bool has_more() const { return at < input.size(); }
  // The next CR or the end of the input; remembered, so that lines without CR stay cheap.
  std::size_t find_cr() {
    if (cr_known && cr >= at) return cr;
    cr = std::min(input.find('\r', at), input.size());
    cr_known = true;
    return cr;
  }
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
      take_line(cursor);
    else
      step_held(cursor);
  }
  cursor.flush(cursor.at);
  decoded_bytes_ += out.size() - out_before;
  count_bytes(input.substr(0, cursor.at));
  return cursor.at;
}

// From within a line to its end, or to the end of the input.
void DataScanner::take_line(Cursor& cursor) {
  const std::size_t cr = cursor.find_cr();
  const char* const begin = cursor.input.data() + cursor.at;
  const auto* lf = static_cast<const char*>(std::memchr(begin, '\n', cr - cursor.at));
  const std::size_t length = lf == nullptr ? cr - cursor.at : static_cast<std::size_t>(lf - begin);
  line_length_ += length;
  longest_line_ = std::max(longest_line_, line_length_);
  cursor.at += length;
  if (!cursor.has_more()) return;
  if (lf == nullptr && cr + 1 < cursor.input.size() && cursor.input[cr + 1] == '\n') {
    cursor.at += 2;
    end_line(true);
    return;
  }
  cursor.flush(cursor.at);
  cursor.skip_to(cursor.at + 1);
  if (lf == nullptr && !cursor.has_more()) {
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
  line_length_ = 0;
}

void DataScanner::count_bytes(std::string_view consumed) {
  const auto counts = wire::count_octets(consumed);
  has_eight_bit_ = has_eight_bit_ || counts.has_eight_bit;
  nul_bytes_ += counts.nuls;
}

}  // namespace todoku::smtp
