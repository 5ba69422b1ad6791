// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/terminal.hpp"

#include "classifier/mail/charset.hpp"
#include "proxy/cli/demo.hpp"

#include <algorithm>

#ifndef _WIN32
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace todoku::cli {
namespace {

constexpr std::size_t narrowest = 40, widest = 100;

bool starts_bidi_mark(std::string_view text) {
  // U+202A..U+202E, U+2066..U+2069, U+200E, U+200F
  if (text.size() < 3 || text[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  if (second == 0x80) return (third >= 0xAA && third <= 0xAE) || third == 0x8E || third == 0x8F;
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

}  // namespace

Terminal standard_output() {
  Terminal terminal;
  terminal.has_colour = demo::colour_is_welcome();
#ifndef _WIN32
  terminal.reads_keyboard = ::isatty(STDIN_FILENO) != 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.columns = std::clamp<std::size_t>(size.ws_col, narrowest, widest) - 1;
#endif
  return terminal;
}

std::string printable(std::string_view text) {
  std::string storage;
  const auto whole = mail::view_as_utf8(text, "utf-8", storage);
  std::string out;
  out.reserve(whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto byte = static_cast<unsigned char>(whole[i]);
    if (byte == 0xC2 && i + 1 < whole.size() && static_cast<unsigned char>(whole[i + 1]) < 0xA0) {
      out += ' ';
      ++i;
    } else if (starts_bidi_mark(whole.substr(i))) {
      i += 2;
    } else if (byte == '\t' || (byte < 0x20 && byte != '\n') || byte == 0x7f) {
      out += ' ';
    } else {
      out += whole[i];
    }
  }
  return out;
}

}  // namespace todoku::cli
