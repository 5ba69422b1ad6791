// SPDX-License-Identifier: Apache-2.0
#pragma once

// The terminal that a page is written for, and text that is safe to write on one. Any thread.
#include <cstddef>
#include <string>
#include <string_view>

namespace todoku::cli {

struct Terminal {
  bool has_colour = false;
  std::size_t columns = 78;
  bool reads_keyboard = false;  // standard input is a person's
};

// Standard output as it is: colour only on a terminal without NO_COLOR; 40 to 100 columns.
Terminal standard_output();

// What others wrote, made harmless: controls (also those of C1), marks that turn the direction of
// writing, and broken UTF-8 never reach the terminal. Newlines stay.
std::string printable(std::string_view text);

}  // namespace todoku::cli
