// SPDX-License-Identifier: Apache-2.0
// The log on a pipe whose other end reads, sleeps, and reads again.
#include "proxy/platform/log.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace todoku::platform {
namespace {

// Standard error goes into a pipe for as long as this lives.
class StandardErrorPipe {
 public:
  StandardErrorPipe() : before_(dup(STDERR_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    reader_ = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
  }
  StandardErrorPipe(const StandardErrorPipe&) = delete;
  StandardErrorPipe& operator=(const StandardErrorPipe&) = delete;
  ~StandardErrorPipe() {
    restore();
    close(reader_);
  }
  // Up to so many bytes of what has come.
  std::string read(std::size_t most) const {
    std::string text(most, '\0');
    const auto count = ::read(reader_, text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  void restore() {
    if (before_ < 0) return;
    dup2(before_, STDERR_FILENO);
    close(before_);
    before_ = -1;
  }

 private:
  int before_;
  int reader_ = -1;
};

TEST(Log, AReaderThatSleepsHoldsNobodyUpAndHearsWhatItMissed) {
  StandardErrorPipe pipe;
  Log log(LogFormat::text, LogLevel::info);
  constexpr int lines = 20'000;  // a pipe holds 64 KiB, these are a megabyte
  for (int i = 0; i < lines; ++i)
    log.write(LogLevel::info, "event", "", {{"number", std::int64_t{i}}});
  std::string heard = pipe.read(1'000'000);
  EXPECT_GT(heard.size(), 50'000U);
  EXPECT_LT(heard.size(), 100'000U);
  EXPECT_TRUE(heard.ends_with('\n')) << "half a line";
  log.write(LogLevel::info, "awake", "", {});
  const auto last = pipe.read(10'000);
  pipe.restore();
  const auto whole = static_cast<std::int64_t>(std::ranges::count(heard, '\n'));
  EXPECT_NE(last.find("log.lines_lost count=" + std::to_string(lines - whole) + "\n"),
            std::string::npos)
      << last;
  EXPECT_NE(last.find(" info awake\n"), std::string::npos) << last;
}

}  // namespace
}  // namespace todoku::platform
