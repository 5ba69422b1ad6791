// SPDX-License-Identifier: Apache-2.0
// Asks the C library and, for the width, the terminal itself.
#include "proxy/cli/messages_terminal.hpp"

#include <cstdlib>

#ifdef _WIN32
#include <io.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace todoku::cli {

namespace {

constexpr std::size_t usual_columns = 80;

bool is_terminal(int descriptor) {
#ifdef _WIN32
  return _isatty(descriptor) != 0;
#else
  return isatty(descriptor) != 0;
#endif
}

}  // namespace

std::size_t terminal_columns() {
  if (!is_terminal(1)) return 0;
#ifndef _WIN32
  winsize size{};
  if (ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
#endif
  return usual_columns;
}

bool colour_is_wanted() {
  const char* refused = std::getenv("NO_COLOR");
  return is_terminal(1) && (refused == nullptr || *refused == '\0');
}

bool person_is_there() {
  return is_terminal(0) && is_terminal(2);
}

}  // namespace todoku::cli
