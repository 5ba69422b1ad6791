// SPDX-License-Identifier: Apache-2.0
// The memory of paths on disk, sealed; and a database of the version before it.
#include "proxy/store/schema.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/tables.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/stored_samples.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace todoku::store {
namespace {

using boost::asio::awaitable;
using delivery::FallbackCause;
using delivery::RememberedPath;
using support::minutes_later;
using Paths = Result<std::vector<RememberedPath>>;

RememberedPath path_to(const std::string& domain, int minute = 0) {
  RememberedPath path{"sv0000.example.jp:587",
                      domain,
                      "spare",
                      minutes_later(minute),
                      minutes_later(minute + 60),
                      minutes_later(minute + 30),
                      {}};
  path.evidence.push_back(
      {minutes_later(minute), "M1", FallbackCause::bad_reputation, "550 5.7.1 poor reputation"});
  path.evidence.push_back({minutes_later(minute + 1), "M2", FallbackCause::blocklisted, "554 no"});
  return path;
}

class StorePathsTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(std::shared_ptr<const Sealer> sealer = sealer_of('k')) {
    StoreOptions options;
    options.state_dir = dir_.path();
    options.sealer = std::move(sealer);
    auto opened = Store::open(io_.executor(), std::move(options));
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  }
  static std::shared_ptr<const Sealer> sealer_of(char filling) {
    return Sealer::with_key(wire::Secret(std::string(Sealer::key_size, filling)));
  }
  static awaitable<void> do_write(Store& store, Changes changes, Durability durability,
                                  error_code& code) {
    code = co_await store.write(std::move(changes), durability);
  }
  error_code write(Store& store, Changes changes) {
    error_code code;
    io_.run(do_write(store, std::move(changes), Durability::disk, code));
    return code;
  }
  static awaitable<void> do_read(Store& store, std::vector<RememberedPath>& into) {
    Paths paths = co_await store.paths();
    EXPECT_TRUE(paths.has_value());
    if (paths.has_value()) into = std::move(*paths);
  }
  std::vector<RememberedPath> paths_of(Store& store) {
    std::vector<RememberedPath> paths;
    io_.run(do_read(store, paths));
    return paths;
  }
  std::string bytes_on_disk() {
    std::string all;
    for (const char* name : {"todoku.db", "todoku.db-wal"}) {
      std::ifstream file(dir_.path() / name, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return all;
  }

  support::IoRunner io_;
  support::ScratchDir dir_;
};

TEST_F(StorePathsTest, they_survive_a_restart_and_nobody_can_read_them) {
  auto store = open();
  ASSERT_FALSE(
      write(*store, {PutPath{path_to("example.net", 10)}, PutPath{path_to("example.org")}}));
  EXPECT_EQ(bytes_on_disk().find("example.net"), std::string::npos);
  EXPECT_EQ(bytes_on_disk().find("poor reputation"), std::string::npos);
  store.reset();
  store = open();
  const std::vector<RememberedPath> expected{path_to("example.org"), path_to("example.net", 10)};
  EXPECT_EQ(paths_of(*store), expected) << "the oldest first";
  const auto reader = Reader::open(dir_.path(), sealer_of('k'));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(*(*reader)->paths(), expected);
}

TEST_F(StorePathsTest, they_are_replaced_and_dropped_one_by_one) {
  auto store = open();
  ASSERT_FALSE(write(*store, {PutPath{path_to("example.net")}, PutPath{path_to("example.org")}}));
  ASSERT_FALSE(write(*store, {PutPath{path_to("example.net", 20)}}));
  EXPECT_EQ(paths_of(*store).size(), 2U);
  ASSERT_FALSE(write(*store, {DropPath{"sv0000.example.jp:587", "example.org"}}));
  const std::vector<RememberedPath> expected{path_to("example.net", 20)};
  EXPECT_EQ(paths_of(*store), expected);
}

TEST_F(StorePathsTest, those_of_another_key_are_left_out_and_left_alone) {
  auto store = open();
  ASSERT_FALSE(write(*store, {PutPath{path_to("example.net")}}));
  store.reset();
  store = open(sealer_of('x'));
  EXPECT_TRUE(paths_of(*store).empty());
  store.reset();
  store = open();
  EXPECT_EQ(paths_of(*store).size(), 1U);
}

TEST_F(StorePathsTest, while_the_key_is_locked_nothing_is_changed) {
  auto store = open();
  ASSERT_FALSE(write(*store, {PutPath{path_to("example.net")}}));
  store->lock_key(true);
  store->write_behind(
      {PutPath{path_to("example.org")}, DropPath{"sv0000.example.jp:587", "example.net"}});
  const std::vector<RememberedPath> expected{path_to("example.net")};
  EXPECT_EQ(paths_of(*store), expected);
}

TEST_F(StorePathsTest, a_database_of_an_earlier_version_keeps_its_mail_and_learns_paths) {
  constexpr int before = 2;  // the last version without them
  {
    const auto old = Database::open(dir_.path() / "todoku.db", Database::Access::owner, "");
    ASSERT_TRUE(old.has_value());
    ASSERT_FALSE(migrate(**old, schema_steps().first(before)));
    Tables tables(**old, sealer_of('k'), dir_.path());
    ASSERT_FALSE(
        tables.apply(PutMessage{support::stored_message("A", delivery::MessageState::waiting)}));
    EXPECT_EQ(*(*old)->ask_number("PRAGMA user_version"), before);
    EXPECT_TRUE(tables.paths().has_error()) << "it has no such table";
  }
  auto store = open();
  EXPECT_EQ(store->recovery().waiting, 1U);
  EXPECT_TRUE(paths_of(*store).empty());
  EXPECT_FALSE(write(*store, {PutPath{path_to("example.net")}}));
  const auto reader = Reader::open(dir_.path(), sealer_of('k'));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ((*(*reader)->load("A"))->subject, "お見積りの件");
  EXPECT_EQ((*reader)->paths()->size(), 1U);
}

}  // namespace
}  // namespace todoku::store
