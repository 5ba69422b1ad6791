// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the body after DATA: undoes dot-stuffing, finds the one true end CRLF.CRLF (RFC 5321 2.3.8,
// 4.1.1.4, 4.5.2), and repairs bare CR and bare LF to CRLF (counted, so that policy can refuse).
// A dot is special only in a line that began after a true CRLF; after a repaired newline it is
// text. Output is the message as CRLF lines, ready for BDAT; streaming, memory flat, no line limit.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::smtp {

class DataScanner {
 public:
  // Consumes input up to and including the end mark, appends decoded bytes to out, and returns how
  // many input bytes were consumed (all of them unless is_done()). Feeding piecewise or whole gives
  // the same output. Output never ends within a CRLF pair unless the input did.
  std::size_t feed(std::string_view input, std::string& out);
  [[nodiscard]] bool is_done() const { return state_ == State::done; }

  [[nodiscard]] std::uint64_t bare_newlines() const { return bare_newlines_; }  // bare CR + bare LF
  [[nodiscard]] std::uint64_t decoded_bytes() const { return decoded_bytes_; }

 private:
  enum class State : std::uint8_t {
    line_start,
    in_line,
    after_cr,  // a CR is held back until the next byte says what it is
    dot,       // the first dot of a line after a true CRLF, held back
    dot_cr,    // and the CR behind it
    done
  };
  struct Cursor;
  void step_held(Cursor& cursor);
  void take_run(Cursor& cursor);
  void end_line(bool after_crlf);

  State state_ = State::line_start;
  bool line_after_crlf_ = true;  // the current line began after a true CRLF (or at the start)
  std::uint64_t bare_newlines_ = 0;
  std::uint64_t decoded_bytes_ = 0;
};

}  // namespace todoku::smtp
