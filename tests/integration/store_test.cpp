// SPDX-License-Identifier: Apache-2.0
// The store: what goes in comes out, also after faults of the disk and power cuts.
#include "proxy/store/store.hpp"

#include "proxy/store/schema.hpp"
#include "tests/support/disk_layer.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace todoku::store {
namespace {

namespace asio = boost::asio;
using delivery::MessageState;
using support::DiskLayer;

Time at(int seconds) {
  return Time(std::chrono::seconds(1'700'000'000 + seconds));
}

StoredMessage message_of(const std::string& id, MessageState state = MessageState::waiting) {
  StoredMessage message;
  message.id = id;
  message.state = state;
  message.has_our_250 = state == MessageState::waiting;
  message.is_client_told = true;
  message.account = "office";
  message.user = "hanako";
  message.envelope.sender = "hanako@example.jp";
  message.envelope.recipients.resize(2);
  message.envelope.recipients[0].address = "taro@example.jp";
  message.envelope.recipients[1].address = "jiro@example.jp";
  message.subject = "Greeting";
  message.size = 3;
  message.body = BodyPlace::database;
  message.arrived = message.changed = at(0);
  message.next_attempt = at(10);
  message.deadline = at(100);
  return message;
}

StoredMessage sent_message(const std::string& id) {
  auto message = message_of(id, MessageState::sent);
  message.body = BodyPlace::none;
  return message;
}

Changes changes_of(const StoredMessage& message) {
  Changes changes;
  changes.emplace_back(PutMessage{message});
  changes.emplace_back(PutBody{message.id, "abc"});
  return changes;
}

class StoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::string& vfs = "") {
    StoreOptions options;
    options.state_dir = dir_.path();
    options.vfs = vfs;
    auto opened = Store::open(io_.executor(), options);
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    return opened.has_value() ? std::move(*opened) : nullptr;
  }
  error_code write(Store& store, Changes changes, Durability durability = Durability::disk) {
    error_code result;
    io_.run(write_into(store, std::move(changes), durability, result));
    return result;
  }
  template <class T>
  T get(asio::awaitable<T> question) {
    std::optional<T> answer;
    io_.run(put_into(std::move(question), answer));
    return std::move(*answer);
  }
  support::ScratchDir dir_;
  support::IoRunner io_;

 private:
  static asio::awaitable<void> write_into(Store& store, Changes changes, Durability durability,
                                          error_code& result) {
    result = co_await store.write(std::move(changes), durability);
  }
  template <class T>
  static asio::awaitable<void> put_into(asio::awaitable<T> question, std::optional<T>& answer) {
    auto got = co_await std::move(question);
    answer.emplace(std::move(got));
  }
};

TEST_F(StoreTest, keeps_a_message_across_a_clean_stop) {
  auto store = open();
  EXPECT_TRUE(store->recovery().was_clean_stop);
  ASSERT_FALSE(write(*store, changes_of(message_of("A"))));
  store.reset();
  store = open();
  EXPECT_TRUE(store->recovery().was_clean_stop);
  EXPECT_EQ(store->recovery().waiting, 1U);
  const auto loaded = get(store->load("A"));
  ASSERT_TRUE(loaded.has_value() && loaded->has_value());
  EXPECT_EQ((*loaded)->envelope, message_of("A").envelope);
  EXPECT_TRUE((*loaded)->outcomes.empty());
  EXPECT_EQ((*loaded)->subject, "Greeting");
  EXPECT_EQ(*get(store->small_body("A")), "abc");
}

TEST_F(StoreTest, its_files_are_private) {
  auto store = open();
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    EXPECT_EQ(entry.status().permissions() & std::filesystem::perms(0777),
              std::filesystem::perms(0600))
        << entry.path();
  }
}

TEST_F(StoreTest, notes_and_writes_keep_their_order) {
  auto store = open();
  store->write_behind(changes_of(message_of("A")));
  ASSERT_FALSE(write(*store, {PutMessage{message_of("A", MessageState::sent)}}));
  EXPECT_EQ((*get(store->load("A")))->state, MessageState::sent);
}

TEST_F(StoreTest, knows_what_is_due_and_when_the_next_is) {
  auto store = open();
  EXPECT_FALSE(get(store->next_due())->has_value());
  ASSERT_FALSE(write(*store, changes_of(message_of("A"))));
  EXPECT_EQ(**get(store->next_due()), at(10));
  EXPECT_TRUE(get(store->due(at(9), "", 10))->empty());
  EXPECT_EQ(get(store->due(at(10), "", 10))->size(), 1U);
  EXPECT_EQ(get(store->due(at(10), "office", 10))->size(), 1U);
  EXPECT_TRUE(get(store->due(at(10), "home", 10))->empty());
  ASSERT_FALSE(get(store->hasten("office", "", at(3))));
  EXPECT_EQ(get(store->due(at(3), "", 10))->size(), 1U);
  auto unseen = message_of("B");
  unseen.deadline = Time{};
  ASSERT_FALSE(write(*store, changes_of(unseen)));
  EXPECT_EQ(**get(store->next_due()), Time{});
}

TEST_F(StoreTest, what_was_leaving_is_unknown_and_what_had_not_left_is_not_ours) {
  auto store = open();
  auto leaving = message_of("A");
  leaving.may_have_left = true;
  auto clients = message_of("B", MessageState::sending);
  clients.has_our_250 = clients.is_client_told = false;
  auto clients_leaving = message_of("C", MessageState::sending);
  clients_leaving.may_have_left = true;
  clients_leaving.has_our_250 = clients_leaving.is_client_told = false;
  ASSERT_FALSE(write(*store, {PutMessage{leaving}, PutMessage{clients}, PutMessage{clients_leaving},
                              PutMessage{message_of("D")}}));
  store.reset();
  store = open();
  EXPECT_EQ(store->recovery().now_unknown, 1U);
  EXPECT_EQ((*get(store->load("A")))->state, MessageState::unknown);
  EXPECT_EQ((*get(store->load("B")))->state, MessageState::refused);
  // Waits for its client to come again: nobody is asked before.
  EXPECT_EQ((*get(store->load("C")))->state, MessageState::sending);
  EXPECT_EQ((*get(store->load("D")))->state, MessageState::waiting);
}

TEST_F(StoreTest, requests_of_another_process_arrive_until_they_are_answered) {
  auto store = open();
  EXPECT_TRUE(get(store->take_requests())->empty());
  auto reader = Reader::open(dir_.path(), Sealer::none());
  ASSERT_TRUE(reader.has_value());
  Request request;
  request.verb = Verb::release;
  request.message_id = "A";
  const auto number = (*reader)->ask(request);
  ASSERT_TRUE(number.has_value());
  EXPECT_EQ(get(store->take_requests())->size(), 1U);
  EXPECT_EQ(get(store->take_requests())->size(), 1U);
  ASSERT_FALSE(write(*store, {AnswerRequest{*number, RequestOutcome::done}}));
  EXPECT_TRUE(get(store->take_requests())->empty());
  EXPECT_TRUE(get(store->take_requests())->empty());
  EXPECT_EQ(*(*reader)->outcome_of(*number), RequestOutcome::done);
  ASSERT_TRUE((*reader)->ask(request).has_value());
  EXPECT_EQ(get(store->take_requests())->size(), 1U);
}

TEST_F(StoreTest, a_step_that_fails_leaves_the_version_before_it) {
  const auto opened = Database::open(dir_.path() / "steps.db", Database::Access::owner, "");
  ASSERT_TRUE(opened.has_value());
  auto& database = **opened;
  ASSERT_FALSE(
      database.execute("CREATE TABLE mail(id TEXT); INSERT INTO mail VALUES('A');"
                       "PRAGMA user_version=1"));
  const std::array<const char*, 2> broken{
      "", "ALTER TABLE mail ADD COLUMN place INTEGER DEFAULT 7; INSERT INTO nothing VALUES(1)"};
  EXPECT_TRUE(migrate(database, broken));
  EXPECT_EQ(*database.ask_number("PRAGMA user_version"), 1);
  const std::array<const char*, 2> right{"", "ALTER TABLE mail ADD COLUMN place INTEGER DEFAULT 7"};
  EXPECT_FALSE(migrate(database, right));
  EXPECT_EQ(*database.ask_number("SELECT place FROM mail WHERE id='A'"), 7);
  EXPECT_EQ(*database.ask_number("PRAGMA user_version"), 2);
  const std::array<const char*, 1> older{""};
  EXPECT_EQ(migrate(database, older), boost::system::errc::not_supported);
}

TEST_F(StoreTest, a_hundred_thousand_waiting_messages_are_asked_about_quickly) {
  DiskLayer fast;
  auto store = open(fast.name());
  constexpr int many = 100'000;
  for (int i = 0; i < many;) {
    Changes changes;
    for (const int end = i + 5'000; i < end; ++i) {
      changes.emplace_back(PutMessage{message_of("M" + std::to_string(1'000'000 + i))});
    }
    ASSERT_FALSE(write(*store, std::move(changes), Durability::process));
  }
  store.reset();
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&begin](const char* what) {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::printf("%s: at %.1f ms\n", what, took.count());
    EXPECT_LT(took.count(), 5'000) << what;
  };
  store = open(fast.name());
  passed("opened");
  EXPECT_EQ(get(store->counts())->waiting, static_cast<std::uint64_t>(many));
  passed("counted");
  ListFilter held;
  held.states = {MessageState::held};
  EXPECT_TRUE(get(store->list(held))->empty());
  EXPECT_EQ(get(store->list(ListFilter{}))->size(), 100U);
  passed("listed");
  EXPECT_EQ(get(store->due(at(10), "office", 100))->size(), 100U);
  EXPECT_EQ(get(store->due(at(10), "", 100))->size(), 100U);
  EXPECT_EQ(**get(store->next_due()), at(10));
  passed("due");
  EXPECT_FALSE(get(store->hasten("office", "", at(3))));
  passed("hastened");
}

TEST_F(StoreTest, notes_beyond_the_bound_lose_their_copies_first) {
  auto store = open();
  const std::string body(1 << 20, 'b');
  for (int i = 0; i < 200; ++i) {
    const auto id = "M" + std::to_string(100 + i);
    store->write_behind({PutMessage{sent_message(id), body}});
  }
  store->write_behind(changes_of(message_of("W")));
  EXPECT_EQ(*get(store->small_body("W")), "abc");
  EXPECT_EQ((*get(store->load("M299")))->state, MessageState::sent);
  std::size_t copies = 0;
  for (int i = 0; i < 200; ++i) {
    const auto id = "M" + std::to_string(100 + i);
    if (get(store->small_body(id)).has_value()) ++copies;
  }
  EXPECT_LT(copies, 200U);
}

TEST_F(StoreTest, while_the_key_is_locked_states_are_kept_and_nothing_new_is_promised) {
  auto store = open();
  ASSERT_FALSE(write(*store, changes_of(message_of("A"))));
  store->lock_key(true);
  EXPECT_TRUE(write(*store, changes_of(message_of("B"))));
  store->write_behind(changes_of(message_of("A", MessageState::sent)));
  EXPECT_EQ((*get(store->load("A")))->state, MessageState::sent);
  EXPECT_EQ((*get(store->load("A")))->subject, "Greeting");
}

TEST_F(StoreTest, prunes_old_copies_and_history_but_never_what_waits) {
  auto store = open();
  ASSERT_FALSE(write(*store, changes_of(message_of("A", MessageState::sent))));
  ASSERT_FALSE(write(*store, changes_of(message_of("B"))));
  Store::Limits limits{std::chrono::seconds(10), 1'000, std::chrono::seconds(100)};
  ASSERT_TRUE(get(store->prune(limits, at(50))).has_value());
  EXPECT_TRUE(get(store->small_body("A")).has_error());
  EXPECT_TRUE(get(store->load("A"))->has_value());
  ASSERT_TRUE(get(store->prune(limits, at(500))).has_value());
  EXPECT_FALSE(get(store->load("A"))->has_value());
  EXPECT_EQ(*get(store->small_body("B")), "abc");
}

TEST_F(StoreTest, the_log_moves_into_the_database_under_load) {
  auto store = open();
  const std::string body(100'000, 'b');
  for (int i = 0; i < 1'400; ++i) {
    const auto id = "M" + std::to_string(1'000 + i);
    store->write_behind({PutMessage{message_of(id)}, PutBody{id, body}});
    if (i % 20 == 0) {
      ASSERT_FALSE(write(*store, {}, Durability::process));
    }
  }
  ASSERT_FALSE(write(*store, {}, Durability::process));
  EXPECT_LT(std::filesystem::file_size(dir_.path() / "todoku.db-wal"), 90U << 20);
  EXPECT_GT(std::filesystem::file_size(dir_.path() / "todoku.db"), 50U << 20);
}

TEST_F(StoreTest, the_copy_of_a_sent_message_stays_when_its_record_is_written_again) {
  auto store = open();
  store->write_behind({PutMessage{sent_message("A"), "abc"}});
  auto record = **get(store->load("A"));
  EXPECT_EQ(record.body, BodyPlace::copy);
  record.is_client_told = false;
  ASSERT_FALSE(write(*store, {PutMessage{record}}));
  store.reset();
  store = open();
  EXPECT_EQ((*get(store->load("A")))->body, BodyPlace::copy);
  EXPECT_EQ(*get(store->small_body("A")), "abc");
}

TEST_F(StoreTest, copies_go_by_age_and_the_message_then_says_that_none_is_kept) {
  auto store = open();
  store->write_behind({PutMessage{sent_message("A"), "abc"}});
  Store::Limits limits{std::chrono::seconds(10), 1'000, std::chrono::hours(100)};
  ASSERT_TRUE(get(store->prune(limits, at(3'600))).has_value());
  EXPECT_EQ(*get(store->small_body("A")), "abc");  // its file may hold younger ones
  ASSERT_TRUE(get(store->prune(limits, at(3'611))).has_value());
  EXPECT_EQ((*get(store->load("A")))->body, BodyPlace::none);
  EXPECT_TRUE(get(store->small_body("A")).has_error());
}

TEST_F(StoreTest, what_goes_for_want_of_room_is_the_oldest_of_copies_and_bodies) {
  auto store = open();
  auto kept = message_of("A", MessageState::sent);
  kept.size = 600;
  ASSERT_FALSE(write(*store, changes_of(kept)));
  auto sent = sent_message("B");
  sent.changed = at(10'000);
  store->write_behind({PutMessage{sent, std::string(600, 'b')}});
  Store::Limits limits{std::chrono::hours(100), 1'000, std::chrono::hours(100)};
  ASSERT_TRUE(get(store->prune(limits, at(10'001))).has_value());
  EXPECT_EQ((*get(store->load("A")))->body, BodyPlace::none);
  EXPECT_EQ((*get(store->load("B")))->body, BodyPlace::copy);
  limits.keep_sent_bytes = 100;
  ASSERT_TRUE(get(store->prune(limits, at(10'001))).has_value());
  EXPECT_EQ((*get(store->load("B")))->body, BodyPlace::none);
}

TEST_F(StoreTest, sets_a_damaged_file_aside) {
  std::ofstream(dir_.path() / "todoku.db") << std::string(50'000, 'x');
  auto store = open();
  EXPECT_TRUE(store->recovery().was_damaged);
  EXPECT_EQ(std::filesystem::file_size(store->recovery().set_aside), 50'000U);
  EXPECT_FALSE(write(*store, changes_of(message_of("A"))));
}

TEST_F(StoreTest, a_failing_disk_fails_the_write_and_later_ones_work_again) {
  DiskLayer disk;
  auto store = open(disk.name());
  int written = 0;
  for (const auto fault : {DiskLayer::Fault::disk_full, DiskLayer::Fault::input_output,
                           DiskLayer::Fault::short_write}) {
    for (int step = 0; step < 8; ++step) {
      const auto id = "M" + std::to_string(written++);
      disk.fail(fault, step, 1);
      const auto failed = write(*store, changes_of(message_of(id)));
      disk.heal();
      EXPECT_EQ((*get(store->load(id))).has_value(), !failed);
      if (failed) {
        EXPECT_FALSE(write(*store, changes_of(message_of(id))));
      }
    }
  }
  EXPECT_EQ(get(store->counts())->waiting, static_cast<std::uint64_t>(written));
}

TEST_F(StoreTest, after_a_power_cut_everything_confirmed_is_there) {
  DiskLayer disk;
  std::vector<std::pair<std::string, std::size_t>> confirmed;
  {
    auto store = open(disk.name());
    for (int i = 0; i < 12; ++i) {
      const auto id = "M" + std::to_string(100 + i);
      store->write_behind(changes_of(message_of("N" + id)));
      ASSERT_FALSE(write(*store, changes_of(message_of(id))));
      confirmed.emplace_back(id, disk.steps());
    }
  }
  DiskLayer fast("todoku_test_fast_disk");  // does not really sync
  for (std::size_t cut = 0; cut <= disk.steps(); ++cut) {
    for (const unsigned int keep : {0U, 50U}) {
      support::ScratchDir after;
      disk.replay(cut, keep, static_cast<unsigned int>(cut), after.path());
      StoreOptions options;
      options.state_dir = after.path();
      options.vfs = fast.name();
      auto store = Store::open(io_.executor(), options);
      ASSERT_TRUE(store.has_value()) << "cut " << cut << ": " << store.error().message();
      for (const auto& [id, when] : confirmed) {
        if (when > cut) break;
        EXPECT_FALSE((*store)->recovery().was_damaged) << "cut " << cut;
        const auto loaded = get((*store)->load(id));
        ASSERT_TRUE(loaded.has_value() && loaded->has_value()) << "cut " << cut << ", " << id;
        EXPECT_EQ(*get((*store)->small_body(id)), "abc");
      }
    }
  }
}

}  // namespace
}  // namespace todoku::store
