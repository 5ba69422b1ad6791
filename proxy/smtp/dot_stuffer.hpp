// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes a message of CRLF lines as the body after DATA: doubles leading dots and ends it with
// CRLF.CRLF, adding the missing last CRLF where there is one missing (RFC 5321 4.5.2). Streaming.
#include <string>
#include <string_view>

namespace todoku::smtp {

class DotStuffer {
 public:
  void feed(std::string_view message_bytes, std::string& out);
  void finish(std::string& out);  // the end mark

 private:
  enum class At {
    line_start,
    in_line,
    after_cr,
    after_bare_lf,
  };
  At at_ = At::line_start;
};

}  // namespace todoku::smtp
