// SPDX-License-Identifier: Apache-2.0
#pragma once

// Another program beside a test: a real part, ended by its id when the test is over.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace todoku::support {

// Runs a program, gives it input, returns what it prints until it closes its output.
class Program {
 public:
  Program(const std::string& command, const std::string& input) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
      ::execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    if (::write(in[1], input.data(), input.size()) < 0) std::perror("write");
    ::close(in[1]);
    output_ = out[0];
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    end();
    ::close(output_);
  }
  std::string line() const {
    std::string text;
    char byte = 0;
    while (::read(output_, &byte, 1) == 1 && byte != '\n') text += byte;
    return text;
  }
  // Reads lines until one holds the text; false = the output has ended before.
  [[nodiscard]] bool says(const std::string& text) const {
    std::string line;
    char byte = 0;
    while (::read(output_, &byte, 1) == 1) {
      line = byte == '\n' ? std::string() : line + byte;
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  void end() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
    wait();
  }
  int wait() {
    int status = -1;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

inline bool is_installed(const char* program) {
  return std::system(("command -v " + std::string(program) + " >/dev/null").c_str()) == 0;
}

}  // namespace todoku::support
