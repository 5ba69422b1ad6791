// SPDX-License-Identifier: Apache-2.0
// todoku messages on a real database, with and without a Todoku that owns it.
#include "config/embedded.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/messages.hpp"
#include "proxy/platform/instance_lock.hpp"
#include "proxy/store/store.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/stored_samples.hpp"

#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace todoku::cli {
namespace {

namespace asio = boost::asio;

using namespace std::chrono_literals;
using delivery::MessageState;
using support::stored_message;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Ran {
  int code = -1;
  std::string out;
  std::string error;
};

class MessagesCommand : public testing::Test {
 protected:
  // The store of a serve; closed at once.
  void keep(std::vector<store::StoredMessage> messages,
            std::shared_ptr<const store::Sealer> sealer = store::Sealer::none()) {
    auto store = opened(std::move(sealer));
    store::Changes changes;
    for (auto& message : messages) changes.push_back(store::PutMessage{std::move(message)});
    io_.run(write(*store, std::move(changes)));
  }
  std::unique_ptr<store::Store> opened(std::shared_ptr<const store::Sealer> sealer) {
    store::StoreOptions options;
    options.state_dir = folder_.path();
    options.sealer = std::move(sealer);
    auto store = store::Store::open(io_.executor(), std::move(options));
    EXPECT_TRUE(store.has_value());
    return std::move(*store);
  }
  static asio::awaitable<void> write(store::Store& store, store::Changes changes) {
    const auto failed = co_await store.write(std::move(changes), store::Durability::disk);
    EXPECT_FALSE(failed) << failed.message();
  }

  Ran run(MessagesOptions options, const std::string& typed = "", bool can_ask = false) {
    std::ostringstream out;
    std::ostringstream error;
    std::istringstream in(typed);
    Console console{out, error, in, 0, false, can_ask, support::minutes_later(2), patience_};
    auto parsed = explain::Catalog::parse(config::embedded("messages/en.toml"));
    const auto catalog = std::get<explain::Catalog>(std::move(parsed));
    const int code = run_messages(options, folder_.path(), sealer_, catalog, console);
    return {code, out.str(), error.str()};
  }
  static MessagesOptions with(MessagesAction action, std::string id = "") {
    MessagesOptions options;
    options.action = action;
    options.id = std::move(id);
    return options;
  }
  std::vector<store::Request> open_requests() {
    std::vector<store::Request> found;
    auto store = opened(store::Sealer::none());
    io_.run(take(*store, found));
    return found;
  }
  static asio::awaitable<void> take(store::Store& store, std::vector<store::Request>& found) {
    auto taken = co_await store.take_requests();
    EXPECT_TRUE(taken.has_value());
    if (taken.has_value()) found = std::move(*taken);
  }

  support::ScratchDir folder_;
  support::IoRunner io_;
  std::shared_ptr<const store::Sealer> sealer_ = store::Sealer::none();
  std::chrono::milliseconds patience_{5'000};
};

TEST_F(MessagesCommand, BeforeTheFirstStartItSaysWhatToDo) {
  const auto ran = run(with(MessagesAction::list));
  EXPECT_EQ(ran.code, exit_no_input);
  EXPECT_THAT(ran.error, HasSubstr(folder_.path().string()));
  EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(MessagesCommand, ListPutsWhatAsksFirstAndTheSettledLast) {
  std::vector<store::StoredMessage> messages;
  for (int i = 0; i < 15; ++i)
    messages.push_back(stored_message("0TR5Y279NG" + std::to_string(10 + i), MessageState::sent));
  messages.push_back(stored_message("0TR5Y279NFW4", MessageState::waiting));
  messages.push_back(stored_message("0TR5Y279NFW3", MessageState::held));
  keep(std::move(messages));
  const auto ran = run(with(MessagesAction::list));
  EXPECT_EQ(ran.code, exit_ok);
  EXPECT_LT(ran.out.find("0TR5Y279NFW3"), ran.out.find("0TR5Y279NFW4"));
  EXPECT_LT(ran.out.find("0TR5Y279NFW4"), ran.out.find("0TR5Y279NG24"));
  EXPECT_THAT(ran.out, HasSubstr("0TR5Y279NG15"));
  EXPECT_THAT(ran.out, Not(HasSubstr("0TR5Y279NG14")));  // the ten latest only
  auto all = with(MessagesAction::list);
  all.all = true;
  EXPECT_THAT(run(all).out, HasSubstr("0TR5Y279NG10"));
}

TEST_F(MessagesCommand, ListFiltersAndLimits) {
  auto other = stored_message("0TR5Y279NFW5", MessageState::waiting);
  other.account = "home";
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting),
        stored_message("0TR5Y279NFW3", MessageState::sent), other});
  auto options = with(MessagesAction::list);
  options.json = true;
  options.states = {"sent"};
  auto list = boost::json::parse(run(options).out).at("messages").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("id"), "0TR5Y279NFW3");
  options.states.clear();
  options.account = "home";
  list = boost::json::parse(run(options).out).at("messages").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("id"), "0TR5Y279NFW5");
  options.account.reset();
  options.limit = 1;
  const auto limited = boost::json::parse(run(options).out);
  EXPECT_EQ(limited.at("messages").as_array().size(), 1U);
  EXPECT_EQ(limited.at("more"), true);
  EXPECT_EQ(limited.at("serve_running"), false);
}

TEST_F(MessagesCommand, AnIdMayBeShortWhileItIsTheOnlyOne) {
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting),
        stored_message("0TR5Z279NFW3", MessageState::sent)});
  EXPECT_THAT(run(with(MessagesAction::show, "0tr5y")).out, StartsWith("0TR5Y279NFW4  waiting"));
  const auto several = run(with(MessagesAction::show, "0tr5"));
  EXPECT_EQ(several.code, exit_usage);
  EXPECT_THAT(several.error, HasSubstr("0TR5Z279NFW3, 0TR5Y279NFW4"));
  for (const auto* none : {"0TR6", "nonsense!", "'; DROP TABLE messages; --"}) {
    const auto ran = run(with(MessagesAction::show, none));
    EXPECT_EQ(ran.code, exit_no_input) << none;
    EXPECT_THAT(ran.error, HasSubstr("messages list --all"));
  }
}

TEST_F(MessagesCommand, WithoutServeTheWishIsNotedForTheNextStart) {
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting)});
  const auto ran = run(with(MessagesAction::retry, "0TR5Y"));
  EXPECT_EQ(ran.code, exit_ok);
  EXPECT_THAT(ran.out, HasSubstr("next start"));
  const auto requests = open_requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].message_id, "0TR5Y279NFW4");
  EXPECT_EQ(requests[0].verb, store::Verb::retry);
}

TEST_F(MessagesCommand, AWishThatIsNotedIsShownUntilTheNextStart) {
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting)});
  EXPECT_EQ(run(with(MessagesAction::retry, "0TR5Y")).code, exit_ok);
  EXPECT_THAT(run(with(MessagesAction::show, "0TR5Y")).out, HasSubstr("send it now is noted"));
  EXPECT_EQ(run(with(MessagesAction::discard, "0TR5Y")).code, exit_ok);
  EXPECT_THAT(run(with(MessagesAction::list, "")).out, HasSubstr("cancel it is noted"));
  const auto shown = run(with(MessagesAction::show, "0TR5Y")).out;
  EXPECT_THAT(shown, HasSubstr("cancel it is noted"));
  EXPECT_THAT(shown, testing::Not(HasSubstr("keeps trying")));
}

TEST_F(MessagesCommand, AnUnknownMessageNeedsAYes) {
  keep({stored_message("0TR5Y279NFW4", MessageState::unknown)});
  const auto silent = run(with(MessagesAction::retry, "0TR5"));
  EXPECT_EQ(silent.code, exit_usage);
  EXPECT_THAT(silent.error, HasSubstr("arrive twice"));
  EXPECT_THAT(silent.error, HasSubstr("todoku messages retry 0TR5Y279NFW4 --yes"));
  const auto refused = run(with(MessagesAction::retry, "0TR5"), "\n", true);
  EXPECT_EQ(refused.code, exit_ok);
  EXPECT_THAT(refused.error, HasSubstr("Nothing has changed"));
  EXPECT_EQ(run(with(MessagesAction::retry, "0TR5"), "", true).code, exit_ok);  // end of input
  EXPECT_THAT(open_requests(), IsEmpty());
  EXPECT_THAT(run(with(MessagesAction::retry, "0TR5"), " y\n", true).out, HasSubstr("noted"));
  EXPECT_EQ(open_requests().size(), 1U);
  auto sure = with(MessagesAction::retry, "0TR5");
  sure.yes = true;
  EXPECT_EQ(run(sure).code, exit_ok);
  EXPECT_EQ(open_requests().size(), 2U);
}

TEST_F(MessagesCommand, ReleaseCarriesItsCorrections) {
  keep({stored_message("0TR5Y279NFW4", MessageState::held)});
  auto options = with(MessagesAction::release, "0TR5");
  options.corrections = {"Hanako@example.com=hana@example.com"};
  EXPECT_EQ(run(options).code, exit_ok);
  const auto requests = open_requests();
  ASSERT_EQ(requests.size(), 1U);
  ASSERT_EQ(requests[0].corrections.size(), 1U);
  EXPECT_EQ(requests[0].corrections[0].first, "hanako@example.com");  // as the envelope has it
  EXPECT_EQ(requests[0].corrections[0].second, "hana@example.com");
}

TEST_F(MessagesCommand, WhatCannotBeDoneIsToldAndNotAsked) {
  keep({stored_message("0TR5Y279NFW4", MessageState::sent)});
  for (const auto action :
       {MessagesAction::retry, MessagesAction::release, MessagesAction::discard}) {
    const auto ran = run(with(action, "0TR5"));
    EXPECT_EQ(ran.code, exit_data);
    EXPECT_THAT(ran.error, HasSubstr("0TR5Y279NFW4"));
  }
  EXPECT_THAT(open_requests(), IsEmpty());
}

TEST_F(MessagesCommand, ASealedRecordSaysThatItsKeyIsMissing) {
  const auto sealer = store::Sealer::with_key(wire::Secret(std::string(32, 'k')));
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting)}, sealer);
  const auto show = run(with(MessagesAction::show, "0TR5"));
  EXPECT_EQ(show.code, exit_try_later);
  EXPECT_THAT(show.error, HasSubstr("key"));
  const auto list = run(with(MessagesAction::list));
  EXPECT_EQ(list.code, exit_ok);
  EXPECT_THAT(list.out, HasSubstr("(cannot be read now)"));
  sealer_ = sealer;
  EXPECT_THAT(run(with(MessagesAction::show, "0TR5")).out, HasSubstr("hanako@example.com"));
}

TEST_F(MessagesCommand, ADamagedRecordIsSaid) {
  std::ofstream(folder_.path() / "todoku.db", std::ios::binary) << std::string(10'000, 'x');
  for (const auto& options : {with(MessagesAction::list), with(MessagesAction::show, "0TR5")}) {
    const auto ran = run(options);
    EXPECT_EQ(ran.code, exit_io);
    EXPECT_THAT(ran.error, HasSubstr("todoku.db"));
  }
}

// What a serve does: holds the lock, takes requests, answers.
TEST_F(MessagesCommand, ARunningServeIsWaitedFor) {
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting)});
  auto lock = platform::InstanceLock::take(folder_.path(), nullptr);
  ASSERT_TRUE(lock.has_value() && lock->has_value());
  auto store = opened(store::Sealer::none());
  Ran ran;
  auto options = with(MessagesAction::discard, "0TR5");
  options.json = true;
  std::jthread person([&] { ran = run(options); });
  std::vector<store::Request> requests;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (requests.empty() && std::chrono::steady_clock::now() < end) {
    io_.turn(20ms);
    io_.run(take(*store, requests));
  }
  ASSERT_EQ(requests.size(), 1U);
  store::Changes answer;
  answer.push_back(store::AnswerRequest{requests[0].number, store::RequestOutcome::done});
  io_.run(write(*store, std::move(answer)));
  person.join();
  EXPECT_EQ(ran.code, exit_ok) << ran.error;
  const auto json = boost::json::parse(ran.out);
  EXPECT_EQ(json.at("outcome"), "done");
  EXPECT_EQ(json.at("request"), "discard");
  EXPECT_EQ(json.at("serve_running"), true);
}

TEST_F(MessagesCommand, AServeThatDoesNotAnswerIsNotWaitedForForever) {
  keep({stored_message("0TR5Y279NFW4", MessageState::waiting)});
  auto lock = platform::InstanceLock::take(folder_.path(), nullptr);
  ASSERT_TRUE(lock.has_value() && lock->has_value());
  patience_ = 250ms;
  const auto ran = run(with(MessagesAction::retry, "0TR5"));
  EXPECT_EQ(ran.code, exit_try_later);
  EXPECT_THAT(ran.error, HasSubstr("has not answered yet"));
}

TEST_F(MessagesCommand, LookingDoesNotTakeTheLock) {
  keep({});
  EXPECT_FALSE(platform::InstanceLock::is_held(folder_.path()));  // no such file yet
  auto lock = platform::InstanceLock::take(folder_.path(), nullptr);
  ASSERT_TRUE(lock.has_value() && lock->has_value());
  EXPECT_TRUE(platform::InstanceLock::is_held(folder_.path()));
  lock->reset();
  EXPECT_FALSE(platform::InstanceLock::is_held(folder_.path()));
  EXPECT_FALSE(platform::InstanceLock::is_held(folder_.path() / "none"));
}

}  // namespace
}  // namespace todoku::cli
