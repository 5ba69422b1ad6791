// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a dialogue tells what is said, for --trace. The dialogue itself stars credentials, since
// only it knows what they are: AUTH lines and answers to 334 become "AUTH PLAIN ****", and a line
// that is no known command is told by its length only (it may be a mistyped password). Bodies are
// told by their size only.
#include <string_view>

namespace todoku::wire {

class Tracer {
 public:
  virtual ~Tracer() = default;
  // direction: '<' from the peer, '>' to the peer. One line without its ending.
  virtual void line(char direction, std::string_view text) = 0;
};

}  // namespace todoku::wire
