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

// The first character of valid UTF-8 that is not empty.
std::string_view first_character(std::string_view utf8);
// Marks that turn the direction of writing could make a text look like another one (Unicode UAX
// #9); line separators and controls of C1 move the cursor on some terminals.
bool is_deceiving(std::string_view character);

}  // namespace todoku::cli
