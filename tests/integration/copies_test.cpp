// SPDX-License-Identifier: Apache-2.0
// Copies of sent messages: what goes in comes out, and what is torn is known to be.
#include "proxy/store/copies.hpp"

#include "tests/support/failing_files.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace todoku::store {
namespace {

namespace errc = boost::system::errc;

Time at(std::chrono::seconds seconds) {
  return Time(std::chrono::seconds(1'700'000'000) + seconds);
}

Result<std::uint64_t> add(Copies& copies, const std::string& bytes, Time now) {
  return copies.add([&bytes](std::string& record) { record += bytes; }, now);
}

class CopiesTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path dir() const { return dir_.path() / "copies"; }
  [[nodiscard]] std::unique_ptr<Copies> open() const {
    return std::make_unique<Copies>(system_files(), dir());
  }
  support::ScratchDir dir_;
};

TEST_F(CopiesTest, many_lie_in_one_file_and_survive_a_start) {
  auto copies = open();
  std::vector<std::uint64_t> places;
  for (int i = 0; i < 100; ++i) {
    places.push_back(*add(*copies, "copy " + std::to_string(i), at(std::chrono::seconds(i))));
  }
  EXPECT_EQ(copies->parts().size(), 1U);
  copies = open();
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_TRUE(copies->has(places[i]));
    EXPECT_EQ(*copies->read(places[i]), "copy " + std::to_string(i));
  }
}

TEST_F(CopiesTest, are_private) {
  auto copies = open();
  ASSERT_TRUE(add(*copies, "secret", at({})).has_value());
  EXPECT_EQ(std::filesystem::status(dir()).permissions(), std::filesystem::perms(0700));
  for (const auto& entry : std::filesystem::directory_iterator(dir())) {
    EXPECT_EQ(entry.status().permissions(), std::filesystem::perms(0600));
  }
}

TEST_F(CopiesTest, a_new_file_begins_after_a_start_after_an_hour_and_when_it_is_full) {
  auto copies = open();
  ASSERT_TRUE(add(*copies, "first", at({})).has_value());
  copies = open();
  ASSERT_TRUE(add(*copies, "after a start, in the same second", at({})).has_value());
  EXPECT_EQ(copies->parts().size(), 2U);
  ASSERT_TRUE(add(*copies, "later", at(std::chrono::hours(2))).has_value());
  EXPECT_EQ(copies->parts().size(), 3U);
  const auto full = *add(*copies, std::string(Copies::most_bytes, 'x'), at(std::chrono::hours(2)));
  EXPECT_EQ(copies->parts().size(), 3U);
  ASSERT_TRUE(add(*copies, "next", at(std::chrono::hours(2))).has_value());
  EXPECT_EQ(copies->parts().size(), 4U);
  EXPECT_EQ(copies->read(full)->size(), Copies::most_bytes);
}

TEST_F(CopiesTest, what_was_dropped_is_gone_and_the_rest_is_there) {
  auto copies = open();
  const auto old = *add(*copies, "old", at({}));
  const auto young = *add(*copies, "young", at(std::chrono::hours(2)));
  ASSERT_FALSE(copies->drop_oldest());
  EXPECT_FALSE(copies->has(old));
  EXPECT_TRUE(copies->read(old).error() == errc::no_such_file_or_directory);
  EXPECT_EQ(*copies->read(young), "young");
  ASSERT_FALSE(copies->drop_oldest());
  ASSERT_TRUE(add(*copies, "again", at(std::chrono::hours(2))).has_value());
  EXPECT_FALSE(copies->has(young));
}

TEST_F(CopiesTest, a_torn_or_changed_one_is_known_to_be) {
  auto copies = open();
  const auto first = *add(*copies, "abcdefgh", at({}));
  const auto second = *add(*copies, "ijklmnop", at({}));
  copies.reset();
  const auto file = std::filesystem::directory_iterator(dir())->path();
  const auto whole = std::filesystem::file_size(file);
  std::fstream(file, std::ios::in | std::ios::out).seekp(20).write("?", 1);
  std::filesystem::resize_file(file, whole - 1);
  copies = open();
  EXPECT_EQ(copies->read(first).error(), errc::make_error_code(errc::bad_message));
  EXPECT_EQ(copies->read(second).error(), errc::make_error_code(errc::bad_message));
  std::filesystem::resize_file(file, 4);
  EXPECT_EQ(copies->read(first).error(), errc::make_error_code(errc::bad_message));
}

TEST_F(CopiesTest, a_failing_disk_costs_only_the_copies_of_that_time) {
  support::Faults faults;
  Copies copies(std::make_unique<support::FailingFiles>(faults), dir());
  const auto before = *add(copies, "before", at({}));
  faults.write = errc::make_error_code(errc::no_space_on_device);
  EXPECT_EQ(add(copies, "meanwhile", at({})).error(), faults.write);
  faults.write = {};
  const auto after = *add(copies, "after", at({}));
  EXPECT_EQ(*copies.read(before), "before");
  EXPECT_EQ(*copies.read(after), "after");
  faults.at_most = 1;
  const auto piecemeal = *add(copies, "piecemeal", at({}));
  EXPECT_EQ(*copies.read(piecemeal), "piecemeal");
}

TEST_F(CopiesTest, foreign_files_in_the_directory_are_left_alone) {
  std::filesystem::create_directory(dir());
  std::ofstream(dir() / "notes.txt") << "not ours";
  auto copies = open();
  EXPECT_TRUE(copies->parts().empty());
  ASSERT_TRUE(add(*copies, "ours", at({})).has_value());
  EXPECT_EQ(copies->parts().size(), 1U);
}

}  // namespace
}  // namespace todoku::store
