// SPDX-License-Identifier: Apache-2.0
#pragma once

// Something typed that must not be seen. For one command, on its only thread.
#include "proxy/wire/secret.hpp"

#include <cstddef>
#include <iosfwd>

namespace todoku::cli {

// One line of a terminal, without its end, not shown while it is typed. Empty at end of input.
wire::Secret read_hidden_line(std::istream& in);
// All of the input, at most most bytes and one more, without one newline at its end.
wire::Secret read_whole(std::istream& in, std::size_t most);

}  // namespace todoku::cli
