// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a relay's replies (RFC 5321 4.2.1) as they arrive: strict about codes and continuation
// lines, bounded in every direction. A peer that cannot be parsed is reported once as malformed and
// stays so. Plain value, one owner.
#include "proxy/smtp/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::smtp {

class ReplyParser {
 public:
  static constexpr std::size_t max_line = 2048;  // octets of one line without its ending
  static constexpr std::size_t max_lines = 200;
  static constexpr std::size_t max_octets = 32 * 1024;  // of a whole reply

  enum class Progress : std::uint8_t {
    more,       // all input was taken and the reply has not ended
    complete,   // take() gives the reply; input begins behind it
    malformed,  // not SMTP, or a bound was exceeded
  };
  // Takes bytes off the front of input, at most up to the end of one reply.
  Progress read(std::string_view& input);
  // The reply that read() completed; the parser is ready for the next one.
  Reply take();
  // Part of a reply has been read.
  [[nodiscard]] bool is_inside() const { return !line_.empty() || lines_ > 0; }
  void clear();

 private:
  Progress read_line(std::string_view line);
  void add_text(std::string_view text);

  std::string line_;  // the beginning of a line whose end has not come yet
  Reply reply_;
  std::size_t lines_ = 0;
  std::size_t octets_ = 0;
  bool malformed_ = false;
};

}  // namespace todoku::smtp
