// SPDX-License-Identifier: Apache-2.0
// Which key seals the store, in every state of the keeper; no key is ever lost.
#include "proxy/platform/store_key.hpp"

#include "proxy/platform/key_file.hpp"
#include "tests/support/fake_keeper.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace todoku::platform {
namespace {

namespace errc = boost::system::errc;
namespace fs = std::filesystem;
constexpr auto available = KeeperState::available;
constexpr auto locked = KeeperState::locked;
constexpr auto absent = KeeperState::absent;

TEST(StoreKeyChoiceTest, EveryCase) {
  const std::optional<wire::Secret> key(wire::Secret(std::string(32, 'k')));
  const std::optional<wire::Secret> none;
  struct Case {
    StoreKeyFacts facts;  // keeper, failed, in keeper, was there, file failed, in file
    StoreKeySource expected;
  };
  const std::vector<Case> cases = {
      {{available, false, key, true, false, none}, StoreKeySource::keeper},
      {{available, false, key, false, false, key}, StoreKeySource::keeper},
      {{available, false, none, false, false, none}, StoreKeySource::new_in_keeper},
      {{available, false, none, true, false, none}, StoreKeySource::new_in_keeper},
      {{available, false, none, false, false, key}, StoreKeySource::file},
      {{available, true, none, false, false, none}, StoreKeySource::this_run},
      {{available, true, none, true, false, key}, StoreKeySource::this_run},
      {{locked, false, none, false, false, none}, StoreKeySource::this_run},
      {{locked, false, none, true, false, none}, StoreKeySource::this_run},
      {{locked, false, none, false, false, key}, StoreKeySource::file},
      {{absent, false, none, false, false, none}, StoreKeySource::new_file},
      {{absent, false, none, false, false, key}, StoreKeySource::file},
      {{absent, false, none, true, false, none}, StoreKeySource::this_run},
      {{absent, false, none, false, true, none}, StoreKeySource::this_run},
      {{available, false, none, false, true, none}, StoreKeySource::this_run},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(choose_store_key(cases[i].facts), cases[i].expected) << "case " << i;
  }
}

class StoreKeyTest : public ::testing::Test {
 protected:
  StoreKey obtain() {
    auto key = obtain_store_key(keeper_, dir_.path());
    EXPECT_TRUE(key.has_value());
    EXPECT_EQ(key->key.reveal().size(), KeyFile::key_size);
    return *key;
  }
  support::ScratchDir dir_;
  support::FakeKeeper keeper_;
};

TEST_F(StoreKeyTest, MadeOnFirstUseAndFoundAgain) {
  const StoreKey made = obtain();
  EXPECT_EQ(made.source, StoreKeySource::new_in_keeper);
  EXPECT_TRUE(obtain().key == made.key);
  EXPECT_FALSE(fs::exists(dir_.path() / "store.key"));
  keeper_.is_now = locked;
  const StoreKey now = obtain();
  EXPECT_FALSE(now.is_lasting());
  EXPECT_FALSE(now.key == made.key);
  EXPECT_FALSE(obtain().key == now.key) << "made anew each time";
  keeper_.is_now = absent;
  EXPECT_FALSE(obtain().is_lasting());
  EXPECT_FALSE(fs::exists(dir_.path() / "store.key")) << "no second key";
  keeper_.is_now = available;
  EXPECT_TRUE(obtain().key == made.key);
}

TEST_F(StoreKeyTest, WithoutAKeeperAPrivateFile) {
  keeper_.is_now = absent;
  const StoreKey made = obtain();
  EXPECT_EQ(made.source, StoreKeySource::new_file);
  struct stat found {};
  ASSERT_EQ(::stat((dir_.path() / "store.key").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  EXPECT_TRUE(obtain().key == made.key);
  keeper_.is_now = available;
  EXPECT_TRUE(obtain().key == made.key) << "what is sealed with it stays readable";
  EXPECT_EQ(KeyFile(dir_.path() / "store.key").create(made.key), errc::file_exists);
}

TEST_F(StoreKeyTest, ADamagedKeyIsLeftAsItIs) {
  keeper_.secrets["store key"] = "not hex";
  EXPECT_FALSE(obtain().is_lasting());
  EXPECT_EQ(keeper_.secrets["store key"], "not hex");
  keeper_.secrets.clear();
  keeper_.is_now = absent;
  std::ofstream(dir_.path() / "store.key") << "short";
  EXPECT_FALSE(obtain().is_lasting());
  EXPECT_EQ(fs::file_size(dir_.path() / "store.key"), 5U);
}

TEST_F(StoreKeyTest, AKeeperThatFailsIsNotWrittenTo) {
  keeper_.fails_with = errc::make_error_code(errc::io_error);
  EXPECT_FALSE(obtain().is_lasting());
  EXPECT_FALSE(fs::exists(dir_.path() / "store.key"));
}

}  // namespace
}  // namespace todoku::platform
