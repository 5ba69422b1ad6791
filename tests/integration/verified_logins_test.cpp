// SPDX-License-Identifier: Apache-2.0
// Remembered log-ins: known after a restart, never readable, forgotten at once, bounded.
#include "proxy/store/verified_logins.hpp"

#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <sys/stat.h>

#include <fstream>
#include <functional>

namespace todoku::store {
namespace {

using boost::asio::awaitable;
using wire::Secret;
namespace fs = std::filesystem;

class VerifiedLoginsTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    auto opened = VerifiedLogins::open(dir_.path(), worker_);
    ASSERT_TRUE(opened.has_value());
    logins_ = std::move(*opened);
  }
  awaitable<void> do_remember(std::string account, std::string user, std::string password) {
    Secret secret(std::move(password));
    code_ = co_await logins_->remember(std::move(account), std::move(user), std::move(secret));
  }
  awaitable<void> do_ask(std::string account, std::string user, std::string password) {
    Secret secret(std::move(password));
    known_ = co_await logins_->is_known(std::move(account), std::move(user), std::move(secret));
  }
  awaitable<void> do_forget(std::string account, std::string user) {
    code_ = co_await logins_->forget(std::move(account), std::move(user));
  }
  error_code remember(std::string user, std::string password) {
    io_.run(do_remember("home", std::move(user), std::move(password)));
    return code_;
  }
  bool is_known(std::string user, std::string password, std::string account = "home") {
    io_.run(do_ask(std::move(account), std::move(user), std::move(password)));
    return known_;
  }
  fs::path file() const { return dir_.path() / "verified-logins"; }
  std::string text() const {
    std::ifstream in(file());
    return {std::istreambuf_iterator<char>(in), {}};
  }

  support::ScratchDir dir_;
  support::IoRunner io_;
  net::Worker worker_;  // ends before the loop that it answers to
  std::unique_ptr<VerifiedLogins> logins_;
  error_code code_;
  bool known_ = false;
};

TEST_F(VerifiedLoginsTest, KnownNowAndAfterARestart) {
  EXPECT_FALSE(is_known("taro", "right")) << "never seen";
  EXPECT_FALSE(remember("taro", "right"));
  for (int run = 0; run < 2; ++run) {
    EXPECT_TRUE(is_known("taro", "right"));
    EXPECT_TRUE(is_known("taro", "right")) << "the short cut";
    EXPECT_FALSE(is_known("taro", "wrong"));
    EXPECT_FALSE(is_known("taro", ""));
    EXPECT_FALSE(is_known("jiro", "right"));
    EXPECT_FALSE(is_known("taro", "right", "office")) << "another account";
    EXPECT_FALSE(is_known("etaro", "right", "hom")) << "the border between the two";
    open();
  }
}

TEST_F(VerifiedLoginsTest, NothingReadableIsInTheFile) {
  EXPECT_FALSE(remember("taro", "right"));
  struct stat found {};
  ASSERT_EQ(::stat(file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  for (const char* word : {"taro", "right", "home"}) {
    EXPECT_EQ(text().find(word), std::string::npos) << word;
  }
  const std::string before = text();
  EXPECT_FALSE(remember("taro", "right"));
  EXPECT_EQ(text(), before) << "the same again costs no hash and no write";
}

TEST_F(VerifiedLoginsTest, ANewPasswordReplacesTheOld) {
  EXPECT_FALSE(remember("taro", "old"));
  EXPECT_FALSE(remember("taro", "new"));
  EXPECT_EQ(logins_->count(), 1U);
  EXPECT_FALSE(is_known("taro", "old"));
  EXPECT_TRUE(is_known("taro", "new"));
}

TEST_F(VerifiedLoginsTest, ForgottenIsForgottenOnDiskToo) {
  EXPECT_FALSE(remember("taro", "right"));
  EXPECT_FALSE(remember("jiro", "other"));
  io_.run(do_forget("home", "taro"));
  EXPECT_FALSE(is_known("taro", "right"));
  open();
  EXPECT_FALSE(is_known("taro", "right"));
  EXPECT_TRUE(is_known("jiro", "other"));
}

TEST_F(VerifiedLoginsTest, ARefusalWhileItIsRememberedWins) {
  io_.rooms().start("remember", do_remember("home", "taro", "right"));
  io_.rooms().start("forget", do_forget("home", "taro"));
  io_.run_started();
  EXPECT_FALSE(is_known("taro", "right"));
}

TEST_F(VerifiedLoginsTest, GarbageInTheFileIsNoLogin) {
  EXPECT_FALSE(remember("taro", "right"));
  const std::string good = text();
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string(100'000, '0'), good.substr(0, 20),
        good.substr(0, good.size() - 5), "todoku-logins 9" + good.substr(15)}) {
    std::ofstream(file(), std::ios::trunc) << bad;
    open();
    EXPECT_EQ(logins_->count(), 0U);
  }
  std::ofstream(file(), std::ios::trunc) << good << "zz " << good;
  open();
  EXPECT_TRUE(is_known("taro", "right"));
}

TEST_F(VerifiedLoginsTest, TheirNumberIsBounded) {
  EXPECT_FALSE(remember("taro", "right"));
  const std::string good = text();
  const std::string line = good.substr(good.find('\n') + 1);
  std::string many = good;
  for (int i = 0; i < 400; ++i) {
    char who[65];
    std::snprintf(who, sizeof who, "%064x", static_cast<unsigned>(i));
    many += who + line.substr(64);
  }
  std::ofstream(file(), std::ios::trunc) << many.substr(0, 60'000);
  open();
  EXPECT_EQ(logins_->count(), VerifiedLogins::at_most);
  EXPECT_FALSE(is_known("taro", "right")) << "the oldest went";
}

TEST_F(VerifiedLoginsTest, AFileThatCannotBeWrittenIsToldAndTheRunStillKnows) {
  fs::create_directory(file());
  EXPECT_TRUE(remember("taro", "right"));
  EXPECT_TRUE(is_known("taro", "right"));
}

}  // namespace
}  // namespace todoku::store
