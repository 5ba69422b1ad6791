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
  for (std::string_view rest = whole; !rest.empty();) {
    const auto character = first_character(rest);
    const auto byte = static_cast<unsigned char>(character.front());
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f || is_deceiving(character)) {
      out += ' ';
    } else {
      out += character;
    }
    rest.remove_prefix(character.size());
  }
  return out;
}

std::string_view first_character(std::string_view utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return utf8.substr(0, length);
}

bool is_deceiving(std::string_view character) {
  const auto is_between = [&](std::string_view low, std::string_view high) {
    return character.size() == low.size() && character >= low && character <= high;
  };
  return is_between("\xC2\x80", "\xC2\x9F") || is_between("\xE2\x80\x8E", "\xE2\x80\x8F") ||
         is_between("\xE2\x80\xA8", "\xE2\x80\xAE") || is_between("\xE2\x81\xA6", "\xE2\x81\xA9");
}

}  // namespace todoku::cli
