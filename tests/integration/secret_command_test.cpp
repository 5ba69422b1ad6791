// SPDX-License-Identifier: Apache-2.0
// todoku secret with a key store, without one, and with a locked one.
#include "config/embedded.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/secret.hpp"
#include "proxy/platform/secrets.hpp"
#include "tests/support/fake_keeper.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace todoku::cli {
namespace {

namespace errc = boost::system::errc;
using platform::KeeperState;
using platform::NamedSecret;
using platform::SecretPlace;
using platform::Secrets;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Ran {
  int code = -1;
  std::string out;
  std::string error;
};

class SecretCommand : public testing::Test {
 protected:
  Ran run(SecretAction action, std::string name = "", std::string input = "", bool json = false) {
    auto parsed = explain::Catalog::parse(config::embedded("messages/en.toml"));
    const auto& catalog = std::get<explain::Catalog>(parsed);
    SecretOptions options;
    options.action = action;
    options.name = std::move(name);
    options.json = json;
    std::istringstream in(std::move(input));
    std::ostringstream out;
    std::ostringstream error;
    const Console console{out, error, in, 0, false, can_ask_, {}};
    const int code = run_secret(options, dir_.path(), keeper_, catalog, console);
    return {code, out.str(), error.str()};
  }
  std::string value(const std::string& name) {
    const auto found = Secrets(keeper_, dir_.path()).get(name);
    if (!found) return "error: " + found.error().message();
    return *found ? std::string((*found)->reveal()) : "nothing";
  }
  [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "secrets"; }

  support::ScratchDir dir_;
  support::FakeKeeper keeper_;
  bool can_ask_ = false;
};

TEST_F(SecretCommand, is_kept_in_the_key_store_and_never_shown) {
  const auto set = run(SecretAction::set, "spare", "s3cret\n");
  EXPECT_EQ(set.code, exit_ok);
  EXPECT_THAT(set.out, HasSubstr("password store: spare"));
  EXPECT_EQ(value("spare"), "s3cret");
  EXPECT_FALSE(std::filesystem::exists(file()));
  keeper_.secrets["store key"] = "not ours to list";
  const auto list = run(SecretAction::list);
  EXPECT_EQ(list.out, "spare  (password store)\n");
  EXPECT_EQ(run(SecretAction::list, "", "", true).out,
            "{\"secrets\":[{\"name\":\"spare\",\"place\":\"password-store\"}],"
            "\"password_store_locked\":false}\n");
  for (const auto& ran : {set, list}) {
    EXPECT_THAT(ran.out + ran.error, Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(run(SecretAction::remove, "spare").code, exit_ok);
  EXPECT_EQ(value("spare"), "nothing");
  EXPECT_EQ(run(SecretAction::remove, "spare").code, exit_no_input);
  EXPECT_EQ(keeper_.secrets.count("store key"), 1U);
}

TEST_F(SecretCommand, a_key_of_several_lines_is_kept_whole) {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
  EXPECT_EQ(run(SecretAction::set, "dkim key", pem + "\n").code, exit_ok);
  EXPECT_EQ(value("dkim key"), pem);
}

TEST_F(SecretCommand, without_a_key_store_a_private_file_with_a_warning) {
  keeper_.is_now = KeeperState::absent;
  const auto set = run(SecretAction::set, "spare", "s3cret");
  EXPECT_EQ(set.code, exit_ok);
  EXPECT_THAT(set.error, AllOf(HasSubstr("no password store"), HasSubstr(file().string())));
  EXPECT_EQ(std::filesystem::status(file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(run(SecretAction::set, "other", "ot\xc3\xa4her").code, exit_ok);
  EXPECT_EQ(value("spare"), "s3cret");
  EXPECT_EQ(value("other"), "ot\xc3\xa4her");
  EXPECT_EQ(run(SecretAction::list).out, "other  (file)\nspare  (file)\n");
  EXPECT_EQ(run(SecretAction::remove, "spare").code, exit_ok);
  EXPECT_EQ(run(SecretAction::list).out, "other  (file)\n");
}

TEST_F(SecretCommand, moves_into_the_key_store_when_there_is_one) {
  keeper_.is_now = KeeperState::absent;
  run(SecretAction::set, "spare", "old");
  keeper_.is_now = KeeperState::available;
  EXPECT_EQ(value("spare"), "old") << "and is of use until then";
  run(SecretAction::set, "spare", "new");
  EXPECT_EQ(run(SecretAction::list).out, "spare  (password store)\n");
  keeper_.is_now = KeeperState::absent;
  EXPECT_EQ(value("spare"), "nothing") << "the file has forgotten it";
}

TEST_F(SecretCommand, while_the_key_store_is_locked_nothing_is_changed_or_forgotten) {
  run(SecretAction::set, "spare", "s3cret");
  keeper_.is_now = KeeperState::locked;
  for (const auto& ran : {run(SecretAction::set, "spare", "other"),
                          run(SecretAction::remove, "spare"), run(SecretAction::set, "new", "x")}) {
    EXPECT_EQ(ran.code, exit_try_later);
    EXPECT_THAT(ran.error, HasSubstr("is locked. Nothing was changed"));
    EXPECT_THAT(ran.out, IsEmpty());
  }
  const auto list = run(SecretAction::list);
  EXPECT_EQ(list.code, exit_ok);
  EXPECT_THAT(list.error, HasSubstr("not shown"));
  EXPECT_FALSE(std::filesystem::exists(file()));
  const auto get = Secrets(keeper_, dir_.path()).get("spare");
  EXPECT_EQ(get.error(), errc::operation_not_permitted) << "to be waited for";
  keeper_.is_now = KeeperState::available;
  EXPECT_EQ(value("spare"), "s3cret");
}

TEST_F(SecretCommand, a_person_is_asked_to_unlock) {
  keeper_.is_now = KeeperState::locked;
  can_ask_ = true;
  const auto ran = run(SecretAction::list);
  EXPECT_THAT(ran.error, HasSubstr("Unlock it in the window"));
}

TEST_F(SecretCommand, what_cannot_be_kept) {
  EXPECT_EQ(run(SecretAction::set, "spare", "").code, exit_data);
  EXPECT_EQ(run(SecretAction::set, "spare", "\n").code, exit_data);
  EXPECT_EQ(run(SecretAction::set, "spare", std::string("a\0b", 3)).code, exit_data);
  EXPECT_EQ(run(SecretAction::set, "spare", "\xff").code, exit_data);
  EXPECT_EQ(run(SecretAction::set, "spare", std::string(70'000, 'x')).code, exit_data);
  EXPECT_EQ(run(SecretAction::set, "spare", std::string(65'536, 'x')).code, exit_ok);
  for (const auto& name : {std::string(), std::string("a\nb"), std::string(" a"),
                           std::string("a  b"), std::string(101, 'a'), std::string("\xff")}) {
    EXPECT_EQ(run(SecretAction::set, name, "x").code, exit_usage) << name;
  }
}

TEST_F(SecretCommand, a_damaged_file_is_left_alone) {
  keeper_.is_now = KeeperState::absent;
  std::ofstream(file()) << "spare\tzz\n";
  for (const auto& ran : {run(SecretAction::set, "new", "x"), run(SecretAction::remove, "spare"),
                          run(SecretAction::list)}) {
    EXPECT_EQ(ran.code, exit_data);
    EXPECT_THAT(ran.error, HasSubstr("cannot be read"));
  }
  std::ifstream left(file());
  EXPECT_EQ(std::string((std::istreambuf_iterator<char>(left)), std::istreambuf_iterator<char>()),
            "spare\tzz\n");
}

TEST_F(SecretCommand, a_key_store_that_fails_says_so) {
  keeper_.fails_with = errc::make_error_code(errc::io_error);
  EXPECT_EQ(run(SecretAction::set, "spare", "x").code, exit_io);
  EXPECT_FALSE(std::filesystem::exists(file())) << "no second place for it";
}

}  // namespace
}  // namespace todoku::cli
