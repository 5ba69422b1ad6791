// SPDX-License-Identifier: Apache-2.0
// The keeper of secrets: its thread never holds up the I/O thread; a real one on a private session
// bus, unlocked, locked and gone.
#include "proxy/platform/keeper.hpp"

#include "proxy/platform/key_file.hpp"
#include "proxy/platform/store_key.hpp"
#include "tests/support/fake_keeper.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/program.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace todoku::platform {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
namespace errc = boost::system::errc;
using support::is_installed;
using support::Program;

// A search of libsecret 0.20 loses a few bytes in GIO for each item that it finds
// (secret_item_new_for_dbus_path): not to be taken for ours.
class LibraryLeaks {
 public:
#ifdef __SANITIZE_ADDRESS__
  LibraryLeaks() {
    __lsan_disable();
  }
  ~LibraryLeaks() {
    __lsan_enable();
  }
#else
  LibraryLeaks() = default;
  ~LibraryLeaks() {}
#endif
  LibraryLeaks(const LibraryLeaks&) = delete;
  LibraryLeaks& operator=(const LibraryLeaks&) = delete;
};

awaitable<void> use(KeeperThread& thread) {
  wire::Secret secret("s1");
  const error_code set = co_await thread.set("a", std::move(secret), 5s);
  EXPECT_FALSE(set);
  auto got = co_await thread.get("a", 5s);
  EXPECT_TRUE(got.has_value() && *got && (*got)->reveal() == "s1");
  const error_code removed = co_await thread.remove("a", 5s);
  EXPECT_FALSE(removed);
  got = co_await thread.get("a", 5s);
  EXPECT_TRUE(got.has_value() && !*got);
  const KeeperState state = co_await thread.state(5s);
  EXPECT_EQ(state, KeeperState::available);
}

TEST(KeeperThreadTest, CarriesCallsThereAndBack) {
  support::IoRunner io;
  KeeperThread thread(io.executor(), std::make_unique<support::FakeKeeper>());
  io.run(use(thread));
}

awaitable<void> be_patient(KeeperThread& thread, error_code& code, KeeperState& state) {
  const auto got = co_await thread.get("a", 30ms);
  code = got ? error_code() : got.error();
  state = co_await thread.state(30ms);
}

TEST(KeeperThreadTest, APromptThatNobodyAnswersHoldsUpNothing) {
  support::IoRunner io;
  auto keeper = std::make_unique<support::FakeKeeper>();
  keeper->hangs = true;
  const auto begin = std::chrono::steady_clock::now();
  {
    KeeperThread thread(io.executor(), std::move(keeper));
    error_code code;
    KeeperState state = KeeperState::available;
    io.run(be_patient(thread, code, state));
    EXPECT_EQ(code, errc::timed_out);
    EXPECT_EQ(state, KeeperState::absent);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s) << "the end cancels it";
}

int lock_the_keyring() {
  return std::system(
      "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets "
      "org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/aliases/default "
      ">/dev/null");
}

TEST(SystemKeeperTest, AbsentWithoutASessionBus) {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "", 1);
  const auto keeper = system_keeper();
  EXPECT_EQ(keeper->state(), KeeperState::absent);
  EXPECT_EQ(keeper->get("a").error(), errc::not_supported);
  EXPECT_EQ(keeper->set("a", wire::Secret("s")), errc::not_supported);
}

TEST(SystemKeeperTest, GnomeKeyringUnlockedLockedAndGone) {
  for (const char* program : {"gnome-keyring-daemon", "dbus-daemon", "dbus-send"}) {
    if (!is_installed(program)) GTEST_SKIP() << program << " is not installed";
  }
  const support::ScratchDir home;
  for (const char* name : {"HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"}) {
    ::setenv(name, home.path().c_str(), 1);
  }
  Program bus("dbus-daemon --session --nofork --print-address=1", "");
  ::setenv("DBUS_SESSION_BUS_ADDRESS", bus.line().c_str(), 1);
  Program keyring("gnome-keyring-daemon --foreground --unlock --components=secrets 2>/dev/null",
                  "a test's password");
  keyring.line();  // it is ready when it has told its socket
  const auto keeper = system_keeper();
  ASSERT_EQ(keeper->state(), KeeperState::available);
  EXPECT_FALSE(*keeper->get("store key"));
  const auto made = obtain_store_key(*keeper, home.path());
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->source, StoreKeySource::new_in_keeper);
  const auto again = obtain_store_key(*system_keeper(), home.path());
  EXPECT_EQ(again->source, StoreKeySource::keeper);
  EXPECT_TRUE(again->key == made->key);
  EXPECT_FALSE(keeper->set("other", wire::Secret("p\xc3\xa4ss")));
  EXPECT_EQ((*keeper->get("other"))->reveal(), "p\xc3\xa4ss");
  {
    const LibraryLeaks ignored;
    EXPECT_THAT(*keeper->names(), testing::UnorderedElementsAre("store key", "other"));
  }
  EXPECT_FALSE(keeper->remove("other"));
  EXPECT_FALSE(*keeper->get("other"));

  ASSERT_EQ(lock_the_keyring(), 0);
  EXPECT_EQ(keeper->state(), KeeperState::locked);
  EXPECT_EQ(keeper->get("store key").error(), errc::operation_not_permitted);
  EXPECT_EQ(keeper->names().error(), errc::operation_not_permitted);
  EXPECT_EQ(obtain_store_key(*keeper, home.path())->source, StoreKeySource::this_run);

  keyring.end();
  bus.end();
  EXPECT_EQ(keeper->state(), KeeperState::absent) << "and this process lives on";
  EXPECT_EQ(obtain_store_key(*keeper, home.path())->source, StoreKeySource::this_run)
      << "no second key beside the one that is out of reach";
}

}  // namespace
}  // namespace todoku::platform
