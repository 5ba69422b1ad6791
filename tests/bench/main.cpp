// SPDX-License-Identifier: Apache-2.0
// smtp_bench: the load, the sink, the delay and the idle sessions that run.py measures with.
#include "tests/bench/commands.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

namespace {

void allow_many_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int run(std::string_view command, const todoku::bench::Arguments& arguments) {
  if (command == "sink") {
    return todoku::bench::run_sink(arguments);
  }
  if (command == "load") {
    return todoku::bench::run_load(arguments);
  }
  if (command == "delay") {
    return todoku::bench::run_delay(arguments);
  }
  if (command == "idle") {
    return todoku::bench::run_idle(arguments);
  }
  std::fputs("usage: smtp_bench sink|load|delay|idle [--name value]...; see README.md\n", stderr);
  return 64;
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_descriptors();
  try {
    const std::span<char*> all(words, static_cast<std::size_t>(count));
    if (all.size() < 2) {
      return run("", todoku::bench::Arguments({}));
    }
    return run(all[1], todoku::bench::Arguments(all.subspan(2)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "smtp_bench: %s\n", error.what());
    return 70;
  }
}
