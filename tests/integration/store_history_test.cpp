// SPDX-License-Identifier: Apache-2.0
// What the checks learn from earlier mail, on disk.
#include "proxy/store/schema.hpp"
#include "proxy/store/store.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/stored_samples.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace todoku::store {
namespace {

using boost::asio::awaitable;
using support::minutes_later;

class StoreHistoryTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(char key = 'k') {
    StoreOptions options;
    options.state_dir = dir_.path();
    options.sealer = Sealer::with_key(wire::Secret(std::string(Sealer::key_size, key)));
    auto opened = Store::open(io_.executor(), std::move(options));
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  }
  static awaitable<void> do_read(Store& store, std::size_t most, SentHistory& into) {
    auto read = co_await store.sent_history(most, minutes_later(20));
    EXPECT_TRUE(read.has_value());
    if (read.has_value()) into = std::move(*read);
  }
  SentHistory read(Store& store, std::size_t most = 100) {
    SentHistory history;
    io_.run(do_read(store, most, history));
    return history;
  }
  static void written(Store& store, std::vector<std::string> addresses, int minute) {
    Changes changes;
    changes.push_back(NoteCorrespondents{"work", std::move(addresses), minutes_later(minute)});
    store.write_behind(std::move(changes));
  }
  bool is_in_the_files(const std::string& text) const {
    for (const char* name : {"todoku.db", "todoku.db-wal"}) {
      std::ifstream file(dir_.path() / name, std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }
  support::IoRunner io_;
  support::ScratchDir dir_;
};

TEST_F(StoreHistoryTest, gives_back_whom_somebody_wrote_to_the_latest_first) {
  {
    const auto store = open();
    written(*store, {"rin@koinca.jp", "sora@koinca.jp"}, 1);
    written(*store, {"rin@koinca.jp"}, 2);
  }
  const auto store = open();
  const auto people = read(*store).correspondents;
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[0].address, "rin@koinca.jp");
  EXPECT_EQ(people[0].account, "work");
  EXPECT_EQ(people[0].times, 2U);
  EXPECT_EQ(people[0].last, minutes_later(2));
  EXPECT_EQ(people[1].address, "sora@koinca.jp");
  EXPECT_EQ(read(*store, 1).correspondents.size(), 1U);
  EXPECT_FALSE(is_in_the_files("koinca"));
}

TEST_F(StoreHistoryTest, what_another_key_sealed_is_left_out_until_it_is_written_again) {
  { written(*open('a'), {"rin@koinca.jp"}, 1); }
  const auto store = open('b');
  EXPECT_TRUE(read(*store).correspondents.empty());
  written(*store, {"rin@koinca.jp"}, 2);
  EXPECT_EQ(read(*store).correspondents.size(), 1U);
}

TEST_F(StoreHistoryTest, keeps_how_much_went_out_and_how_large_it_may_be) {
  {
    const auto store = open();
    Changes changes;
    for (const std::uint32_t count : {1U, 4U})
      changes.push_back(PutTally{{"work", minutes_later(20), count, 2 * count}});
    changes.push_back(PutTally{{"work", minutes_later(10), 9, 9}});
    changes.push_back(PutSize{{"koinca.jp", 10'000'000, minutes_later(1)}});
    changes.push_back(PutSize{{"koinca.jp", 20'000'000, minutes_later(2)}});
    store->write_behind(std::move(changes));
  }
  const auto history = read(*open());
  ASSERT_EQ(history.tallies.size(), 1U) << "older ones were not asked for";
  EXPECT_EQ(history.tallies[0].messages, 4U) << "the later one counts";
  EXPECT_EQ(history.tallies[0].recipients, 8U);
  ASSERT_EQ(history.sizes.size(), 1U);
  EXPECT_EQ(history.sizes[0].domain, "koinca.jp");
  EXPECT_EQ(history.sizes[0].bytes, 20'000'000U);
  EXPECT_FALSE(is_in_the_files("koinca"));
}

TEST_F(StoreHistoryTest, an_address_book_says_how_often_at_least_and_never_adds_up) {
  const auto store = open();
  written(*store, {"rin@koinca.jp"}, 1);
  for (int again = 0; again < 2; ++again) {
    Changes changes;
    changes.push_back(
        NoteCorrespondents{"work", {"rin@koinca.jp", "aki@midori.jp"}, minutes_later(2), 4});
    store->write_behind(std::move(changes));
  }
  written(*store, {"aki@midori.jp"}, 3);
  const auto history = read(*store);
  ASSERT_EQ(history.correspondents.size(), 2U);
  EXPECT_EQ(history.correspondents[0].address, "aki@midori.jp");
  EXPECT_EQ(history.correspondents[0].times, 5U);
  EXPECT_EQ(history.correspondents[1].times, 4U);
}

TEST_F(StoreHistoryTest, tells_of_each_change_before_it_is_written) {
  const auto store = open();
  std::vector<std::string> told;
  store->on_change([&told](const Change& change) {
    if (const auto* one = std::get_if<NoteCorrespondents>(&change))
      told.push_back(one->addresses.front());
  });
  written(*store, {"rin@koinca.jp"}, 1);
  EXPECT_EQ(told, std::vector<std::string>{"rin@koinca.jp"});
}

}  // namespace
}  // namespace todoku::store
