// SPDX-License-Identifier: Apache-2.0
// The terminal's echo is off only while a line is read.
#include "proxy/cli/hidden_input.hpp"

#include <istream>
#include <ostream>
#include <string>
#include <utility>

#ifdef _WIN32
#include <windows.h>
#else
#include <termios.h>
#include <unistd.h>
#endif

namespace todoku::cli {

namespace {

class EchoOff {
 public:
  EchoOff() {
#ifdef _WIN32
    console_ = GetStdHandle(STD_INPUT_HANDLE);
    is_changed_ = GetConsoleMode(console_, &before_) != 0;
    if (is_changed_) SetConsoleMode(console_, before_ & ~ENABLE_ECHO_INPUT);
#else
    is_changed_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
#endif
  }
  ~EchoOff() {
    if (!is_changed_) return;
#ifdef _WIN32
    SetConsoleMode(console_, before_);
#else
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
#endif
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  bool is_changed_ = false;
#ifdef _WIN32
  HANDLE console_ = nullptr;
  DWORD before_ = 0;
#else
  termios before_{};
#endif
};

}  // namespace

wire::Secret read_hidden_line(std::istream& in, std::ostream& out, std::string_view question) {
  const EchoOff off;
  out << question << std::flush;
  std::string line;
  line.reserve(1024);  // no copies left behind by growing
  std::getline(in, line);
  return wire::Secret(std::move(line));
}

wire::Secret read_whole(std::istream& in, std::size_t most) {
  std::string bytes(most + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.ends_with('\n')) bytes.pop_back();
  if (bytes.ends_with('\r')) bytes.pop_back();
  return wire::Secret(std::move(bytes));
}

}  // namespace todoku::cli
