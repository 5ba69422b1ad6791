// SPDX-License-Identifier: Apache-2.0
// Log lines, small files, paths and the lock, on the real system.
#include "proxy/platform/atomic_file.hpp"
#include "proxy/platform/instance_lock.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/platform/paths.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace todoku::platform {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;
namespace errc = boost::system::errc;

class LogTest : public ::testing::Test {
 protected:
  static std::string line(LogFormat format, std::string_view value, std::string_view id = "") {
    ::testing::internal::CaptureStderr();
    {
      Log log(format, LogLevel::info);
      const std::int64_t size = 123;
      log.write(LogLevel::info, "accepted", id, {{"from", value}, {"size", size}});
    }
    return ::testing::internal::GetCapturedStderr();
  }
};

constexpr const char* time_pattern =
    "[0-9]+-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\.[0-9][0-9][0-9]Z";

TEST_F(LogTest, TextLine) {
  EXPECT_THAT(line(LogFormat::text, "a@example.jp", "m1"),
              MatchesRegex(std::string(time_pattern) +
                           " info accepted id=m1 from=a@example.jp size=123\n"));
}

TEST_F(LogTest, TextValuesAreQuotedWhenNeeded) {
  EXPECT_THAT(line(LogFormat::text, "550 no"), EndsWith(R"( from="550 no" size=123)"
                                                        "\n"));
  EXPECT_THAT(line(LogFormat::text, ""), EndsWith("from=\"\" size=123\n"));
  EXPECT_THAT(line(LogFormat::text, "a=b"), EndsWith("from=\"a=b\" size=123\n"));
}

TEST_F(LogTest, ControlCharactersNeverReachTheTerminal) {
  const std::string text = line(LogFormat::text, "a\r\nb\x1b[2J\x7f\xc2\x9bz");
  EXPECT_THAT(text, EndsWith(R"(from="a\u000d\u000ab\u001b[2J\u007f\u009bz" size=123)"
                             "\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(LogTest, JsonLine) {
  EXPECT_THAT(line(LogFormat::json, "say \"\\\" \n", "m1"),
              MatchesRegex(std::string(R"(\{"time":")") + time_pattern +
                           R"(","level":"info","event":"accepted","id":"m1",)"
                           R"("from":"say \\"\\\\\\" \\u000a","size":123\})"
                           "\n"));
}

TEST_F(LogTest, JsonIsValidUtf8WhateverComes) {
  EXPECT_THAT(line(LogFormat::json, "\xe5\xb1\x8a\xe3\x81\x8f"),
              EndsWith("\"from\":\"\xe5\xb1\x8a\xe3\x81\x8f\",\"size\":123}\n"));
  EXPECT_THAT(line(LogFormat::json, "\xff\xe5\xb1"),
              EndsWith("\"from\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"size\":123}\n"));
}

TEST_F(LogTest, LowerLevelsAreLeftOut) {
  ::testing::internal::CaptureStderr();
  Log log(LogFormat::text, LogLevel::warning);
  log.write(LogLevel::info, "quiet", "", {});
  log.write(LogLevel::error, "loud", "", {});
  log.flush();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), EndsWith("Z error loud\n"));
  EXPECT_FALSE(log.wants(LogLevel::debug));
}

TEST_F(LogTest, LinesOfSeveralThreadsStayWhole) {
  ::testing::internal::CaptureStderr();
  Log log(LogFormat::text, LogLevel::debug);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int n = 0; n < 50; ++n) log.write(LogLevel::debug, "word", "id", {{"a", "b c"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string all = ::testing::internal::GetCapturedStderr();
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = all.find("Z debug word id=id a=\"b c\"\n", at)) != all.npos;
       ++at) {
    ++lines;
  }
  EXPECT_EQ(lines, 200U);
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 0777;
}

TEST(AtomicFileTest, ReplacesWholeContentWithTheMode) {
  const support::ScratchDir dir;
  const auto file = dir.path() / "small";
  EXPECT_FALSE(write_atomically(file, "old content", FileMode::public_0644));
  EXPECT_EQ(mode_of(file), 0644U);
  EXPECT_FALSE(write_atomically(file, "new", FileMode::secret_0600));
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(*read_small(file, 3), "new");
  EXPECT_EQ(read_small(file, 2).error(), errc::file_too_large);
  const auto entries = std::distance(std::filesystem::directory_iterator(dir.path()), {});
  EXPECT_EQ(entries, 1) << "nothing is left aside";
}

TEST(AtomicFileTest, FailureLeavesTheOld) {
  const support::ScratchDir dir;
  EXPECT_EQ(write_atomically(dir.path() / "none" / "file", "x", FileMode::secret_0600),
            errc::no_such_file_or_directory);
  const auto taken = dir.path() / "taken";
  std::filesystem::create_directory(taken);
  EXPECT_TRUE(write_atomically(taken, "x", FileMode::secret_0600));
  const auto entries = std::distance(std::filesystem::directory_iterator(dir.path()), {});
  EXPECT_EQ(entries, 1) << "nothing is left aside";
  EXPECT_EQ(read_small(dir.path() / "missing", 10).error(), errc::no_such_file_or_directory);
}

TEST(PathsTest, XdgVariablesAreFollowed) {
  const support::ScratchDir dir;
  ::setenv("XDG_STATE_HOME", dir.path().c_str(), 1);
  ::setenv("XDG_CONFIG_HOME", "relative/is/ignored", 1);
  ::setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(default_state_dir(), dir.path() / "todoku");
  if (!std::filesystem::exists("/etc/todoku/todoku.toml")) {
    EXPECT_EQ(default_config_file(), "/home/someone/.config/todoku/todoku.toml");
  }
  ::unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(default_state_dir(), "/home/someone/.local/state/todoku");
}

TEST(PathsTest, PrivateDirIsMadeAndTightened) {
  const support::ScratchDir dir;
  const auto made = dir.path() / "a" / "b";
  EXPECT_FALSE(make_private_dir(made));
  EXPECT_EQ(mode_of(made), 0700U);
  ::chmod(made.c_str(), 0755);
  EXPECT_FALSE(make_private_dir(made));
  EXPECT_EQ(mode_of(made), 0700U);
  std::ofstream(dir.path() / "file") << "x";
  EXPECT_EQ(make_private_dir(dir.path() / "file"), errc::not_a_directory);
}

TEST(PathsTest, AFolderOfEverybodyIsRefusedAndLeftAlone) {
  const support::ScratchDir dir;
  const auto shared = dir.path() / "tmp";
  std::filesystem::create_directory(shared);
  ::chmod(shared.c_str(), 01777);
  EXPECT_EQ(make_private_dir(shared), errc::operation_not_permitted);
  EXPECT_EQ(mode_of(shared) & 0777U, 0777U);
}

TEST(InstanceLockTest, OneHolderAtATime) {
  const support::ScratchDir dir;
  int pid = -1;
  {
    const auto first = InstanceLock::take(dir.path(), &pid);
    ASSERT_TRUE(first.has_value() && first->has_value());
    const auto second = InstanceLock::take(dir.path(), &pid);
    ASSERT_TRUE(second.has_value());
    EXPECT_FALSE(second->has_value());
    EXPECT_EQ(pid, ::getpid());
  }
  const auto third = InstanceLock::take(dir.path(), &pid);
  EXPECT_TRUE(third.has_value() && third->has_value());
  EXPECT_EQ(InstanceLock::take(dir.path() / "missing", &pid).error(),
            errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace todoku::platform
