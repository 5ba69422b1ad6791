// SPDX-License-Identifier: Apache-2.0
// The journal: what a killed process leaves, garbage, a failing disk, and that it does not grow.
#include "proxy/store/journal.hpp"

#include "tests/support/failing_files.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

namespace todoku::store {
namespace {

namespace errc = boost::system::errc;
namespace fs = std::filesystem;

RepeatKey key_of(std::uint8_t fill) {
  RepeatKey key{};
  key.fill(fill);
  return key;
}

Time at(int milliseconds) {
  return Time(std::chrono::milliseconds(milliseconds));
}

class JournalTest : public ::testing::Test {
 protected:
  std::unique_ptr<Journal> open() {
    auto opened = Journal::open(dir_.path(), std::make_unique<support::FailingFiles>(faults_));
    EXPECT_TRUE(opened.has_value());
    return opened ? std::move(*opened) : nullptr;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(dir_.path())) found.push_back(entry.path());
    return found;
  }
  support::ScratchDir dir_;
  support::Faults faults_;
};

TEST_F(JournalTest, TellsWhatWasUnderWay) {
  {
    const auto journal = open();
    EXPECT_TRUE(journal->left().empty());
    EXPECT_FALSE(journal->about_to_leave("m1", key_of(1), at(1000)));
    EXPECT_FALSE(journal->about_to_leave("m2", key_of(2), at(2000)));
    EXPECT_FALSE(journal->about_to_leave("m3", key_of(3), at(3000)));
    EXPECT_FALSE(journal->about_to_leave("m4", key_of(4), at(4000)));
    journal->settled("m2", true);
    journal->settled("m3", false);
    journal->settled("m4", true);
    journal->told("m4");
  }
  const auto journal = open();
  ASSERT_EQ(journal->left().size(), 3U) << "the refused one is nobody's question";
  EXPECT_EQ(journal->left()[0].id, "m1");
  EXPECT_EQ(journal->left()[0].key, key_of(1));
  EXPECT_EQ(journal->left()[0].at, at(1000));
  EXPECT_FALSE(journal->left()[0].was_sent);
  EXPECT_TRUE(journal->left()[1].was_sent);
  EXPECT_FALSE(journal->left()[1].was_told);
  EXPECT_TRUE(journal->left()[2].was_told);
}

TEST_F(JournalTest, RunsNeverMix) {
  EXPECT_FALSE(open()->about_to_leave("old", key_of(1), at(1)));
  {
    const auto second = open();
    EXPECT_FALSE(second->about_to_leave("new", key_of(2), at(2)));
    EXPECT_EQ(second->left().size(), 1U);
  }  // died before it could take over what the first had left
  const auto third = open();
  EXPECT_EQ(third->left().size(), 2U);
  EXPECT_FALSE(third->about_to_leave("now", key_of(3), at(3)));
  third->forget_left();
  EXPECT_TRUE(third->left().empty());
  EXPECT_EQ(files().size(), 1U) << "its own";
  third->settled("now", true);
  third->cut_when_idle();
  EXPECT_EQ(fs::file_size(files()[0]), 0U);
}

TEST_F(JournalTest, AllSettledLeavesNothing) {
  {
    const auto journal = open();
    EXPECT_FALSE(journal->about_to_leave("m1", key_of(1), at(1)));
    journal->cut_when_idle();
    EXPECT_GT(fs::file_size(files()[0]), 0U) << "m1 is under way";
    journal->settled("m1", true);
    journal->cut_when_idle();
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(JournalTest, DoesNotGrowWhileSomethingIsAlwaysUnderWay) {
  const auto journal = open();
  EXPECT_FALSE(journal->about_to_leave("slow", key_of(9), at(9)));
  for (int i = 0; i < 40'000; ++i) {
    const std::string id = "m" + std::to_string(i);
    EXPECT_FALSE(journal->about_to_leave(id, key_of(1), at(i)));
    journal->settled(id, true);
    if (i % 1000 == 0) journal->cut_when_idle();
  }
  journal->cut_when_idle();
  ASSERT_EQ(files().size(), 1U);
  EXPECT_LT(fs::file_size(files()[0]), 2U << 20);
  EXPECT_EQ(open()->left()[0].id, "slow");
}

TEST_F(JournalTest, AnythingMayStandInTheFile) {
  EXPECT_FALSE(open()->about_to_leave("m1", key_of(1), at(1)));
  const fs::path file = files()[0];
  std::ifstream in(file, std::ios::binary);
  const std::string good(std::istreambuf_iterator<char>(in), {});
  std::mt19937 chance(7);
  for (int round = 0; round < 300; ++round) {
    std::string text = good + good + good;
    for (int i = 0; i < 5; ++i) text[chance() % text.size()] = static_cast<char>(chance());
    text.resize(chance() % text.size());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text << '\n' << good;
    const auto journal = open();
    ASSERT_EQ(journal->left().size(), 1U);
    EXPECT_EQ(journal->left()[0].id, "m1");
  }
  std::ofstream(file, std::ios::binary | std::ios::trunc) << good.substr(0, good.size() - 2);
  EXPECT_TRUE(open()->left().empty()) << "torn";
}

TEST_F(JournalTest, ALineThatCannotBeWrittenIsAnErrorAndHarmsNoOther) {
  const auto journal = open();
  EXPECT_FALSE(journal->about_to_leave("m1", key_of(1), at(1)));
  faults_.at_most = 10;
  faults_.operations_left = 3;
  faults_.write = errc::make_error_code(errc::no_space_on_device);
  EXPECT_EQ(journal->about_to_leave("m2", key_of(2), at(2)), errc::no_space_on_device);
  journal->settled("m1", true);  // cannot be noted: one question more
  faults_.write = {};
  EXPECT_FALSE(journal->about_to_leave("m3", key_of(3), at(3)));
  const auto next = open();
  ASSERT_EQ(next->left().size(), 2U);
  EXPECT_EQ(next->left()[1].id, "m3");
}

TEST_F(JournalTest, FailuresAtTheStartAndWhileCutting) {
  {
    const auto journal = open();
    EXPECT_FALSE(journal->about_to_leave("m1", key_of(1), at(1)));
    journal->settled("m1", true);
    faults_.truncate = errc::make_error_code(errc::io_error);
    journal->cut_when_idle();
    EXPECT_FALSE(journal->about_to_leave("m2", key_of(1), at(1)));
    EXPECT_EQ(journal->about_to_leave("a b", key_of(1), at(1)), errc::invalid_argument);
  }
  const auto fails = [this] {
    return Journal::open(dir_.path(), std::make_unique<support::FailingFiles>(faults_)).error();
  };
  faults_.create = errc::make_error_code(errc::permission_denied);
  EXPECT_EQ(fails(), errc::permission_denied);
  faults_.read = errc::make_error_code(errc::io_error);
  EXPECT_EQ(fails(), errc::io_error);
  faults_.list = errc::make_error_code(errc::too_many_files_open);
  EXPECT_EQ(fails(), errc::too_many_files_open);
}

// A child that writes and reports each line through a pipe, until it is killed at some instant.
[[noreturn]] void write_until_killed(const fs::path& dir, int pipe) {
  auto journal = Journal::open(dir);
  for (std::uint32_t i = 0; journal; ++i) {
    const std::string id = "m" + std::to_string(i);
    if ((*journal)->about_to_leave(id, key_of(1), at(1))) break;
    if (::write(pipe, &i, sizeof i) != sizeof i) break;
  }
  ::_exit(1);
}

TEST_F(JournalTest, AKilledProcessLosesNoLine) {
  for (int round = 0; round < 5; ++round) {
    const support::ScratchDir dir;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_until_killed(dir.path(), ends[1]);
    ::close(ends[1]);
    std::uint32_t last = 0;
    std::uint32_t read = 0;
    while (last < 200U * (static_cast<std::uint32_t>(round) + 1) &&
           ::read(ends[0], &read, sizeof read) == sizeof read) {
      last = read;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &read, sizeof read) == sizeof read) last = read;
    ::close(ends[0]);
    auto journal = Journal::open(dir.path());
    ASSERT_TRUE(journal.has_value());
    EXPECT_GE((*journal)->left().size(), last + 1U);
    EXPECT_LE((*journal)->left().size(), last + 2U);
  }
}

}  // namespace
}  // namespace todoku::store
