// SPDX-License-Identifier: Apache-2.0
#pragma once

// Something typed that must not be seen. For one command, on its only thread.
#include "proxy/wire/secret.hpp"

#include <cstddef>
#include <iosfwd>
#include <string_view>

namespace todoku::cli {

// One line of a terminal, without its end, not shown while it is typed. Empty at end of input. The
// question is asked when nothing is shown any more, so that no answer comes too soon.
wire::Secret read_hidden_line(std::istream& in, std::ostream& out, std::string_view question);
// All of the input, at most most bytes and one more, without one newline at its end.
wire::Secret read_whole(std::istream& in, std::size_t most);

}  // namespace todoku::cli
