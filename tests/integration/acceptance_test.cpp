// SPDX-License-Identifier: Apache-2.0
// A message becomes ours while its attempt is under way, on a disk that is slow or breaks.
#include "proxy/relay/acceptance.hpp"

#include "tests/support/failing_files.hpp"
#include "tests/support/relay_fixture.hpp"

#include <condition_variable>
#include <mutex>

namespace todoku::relay {
namespace {

using boost::asio::awaitable;
using delivery::MessageState;
using delivery::Settlement;
using support::Reaction;
using namespace std::chrono_literals;

// Syncs wait until the test opens the gate.
class GatedFiles : public support::FailingFiles {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool is_open = true;
    int waiting = 0;
    void set(bool open) {
      const std::lock_guard lock(mutex);
      is_open = open;
      opened.notify_all();
    }
  };
  GatedFiles(support::Faults& faults, Gate& gate) : FailingFiles(faults), gate_(gate) {}
  error_code sync(int descriptor) override {
    std::unique_lock lock(gate_.mutex);
    ++gate_.waiting;
    gate_.opened.wait(lock, [this] { return gate_.is_open; });
    --gate_.waiting;
    return FailingFiles::sync(descriptor);
  }

 private:
  Gate& gate_;
};

class NoPathFacts : public PathFacts {
 public:
  awaitable<Cause> cause_of(delivery::Attempt, smtp::Reply, std::string) override {
    co_return Cause::undefined;
  }
  awaitable<delivery::AlignmentVerdict> alignment_of(std::size_t,
                                                     delivery::AlignmentSender) override {
    co_return delivery::AlignmentVerdict{};
  }
  void learn(delivery::RelayLesson) override {}
};

class AcceptanceTest : public support::RelayFixture {
 protected:
  AcceptanceTest() {
    settings_.delivery.answer_budget = 50ms;
    settings_.delivery.notice_mail = false;
    spool_ = store::Spool::open(dir_.path(), 64 * 1024, 1 << 30, store::Sealer::none(),
                                std::make_unique<GatedFiles>(faults_, gate_))
                 .value();
    store::StoreOptions options;
    options.state_dir = dir_.path();
    store_ = store::Store::open(io_.executor(), options).value();
    journal_ = store::Journal::open(dir_.path()).value();
    keeping_.emplace(Keeping{*store_, *spool_, *journal_, [](const auto&) { return ""; }});
    paths_ = std::make_unique<Paths>(around_, *relay_, facts_);
    queue_ = std::make_unique<Queue>(around_, *relay_, *paths_, *keeping_);
    acceptance_ = std::make_unique<Acceptance>(around_, *relay_, *queue_, *keeping_);
  }
  ~AcceptanceTest() override {
    gate_.set(true);
    upstream_.stop();
    io_.turn(50ms);
    acceptance_.reset();
    queue_.reset();
    paths_.reset();
  }

  std::shared_ptr<Outgoing> large() { return whole("anna", std::string(100'000, 'x') + "\r\n"); }
  void settle_to(std::optional<Settlement>& place, std::shared_ptr<Outgoing> message) {
    io_.rooms().start("settle", settle(place, std::move(message)));
  }
  awaitable<void> until_syncing() {
    const std::function<bool()> is_so = [this] {
      const std::lock_guard lock(gate_.mutex);
      return gate_.waiting > 0;
    };
    co_await until(is_so);
  }
  awaitable<void> until_settled(const std::optional<Settlement>& settled) {
    const std::function<bool()> is_so = [&settled] { return settled.has_value(); };
    co_await until(is_so);
  }
  awaitable<store::StoredMessage> record_of(std::string id) {
    auto loaded = co_await store_->load(std::move(id));
    co_return loaded.has_value() && *loaded ? std::move(**loaded) : store::StoredMessage();
  }

  Surroundings around_{settings_, *tls_, io_.rooms(), log_, "instance"};
  GatedFiles::Gate gate_;
  support::Faults faults_;
  NoPathFacts facts_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Journal> journal_;
  std::optional<Keeping> keeping_;
  std::unique_ptr<Paths> paths_;
  std::unique_ptr<Queue> queue_;
  std::unique_ptr<Acceptance> acceptance_;

 private:
  awaitable<void> settle(std::optional<Settlement>& place, std::shared_ptr<Outgoing> message) {
    auto settled = co_await acceptance_->settle(std::move(message));
    place = std::move(settled);
  }
  awaitable<void> undo(std::optional<Settlement>& place, std::shared_ptr<Outgoing> message) {
    auto settled = co_await acceptance_->wait_undo_window(std::move(message), 10s);
    place = std::move(settled);
  }

 public:
  awaitable<void> a_verdict_comes_while_the_disk_breaks(std::string reply, MessageState expected) {
    at("END", Reaction::Kind::hold);
    gate_.set(false);
    std::optional<Settlement> settled;
    settle_to(settled, large());
    co_await until_holding(1);
    co_await until_syncing();
    if (!reply.empty()) at("END", Reaction::Kind::reply, reply);
    upstream_.release();
    const std::function<bool()> is_answered = [this] { return upstream_.holding == 0; };
    co_await until(is_answered);
    co_await net::pause(io_.executor(), 50ms);
    faults_.sync = boost::system::errc::make_error_code(boost::system::errc::io_error);
    gate_.set(true);
    co_await until_settled(settled);
    EXPECT_EQ(settled->kind, Settlement::Kind::decided);
    EXPECT_EQ(settled->verdict.state(), expected);
    const auto record = co_await record_of("id1");
    EXPECT_EQ(record.state, expected);
    EXPECT_FALSE(record.has_our_250);
  }

  awaitable<void> a_second_keeping_keeps_the_body() {
    at("CONNECT", Reaction::Kind::hold);
    store_->lock_key(true);  // the first one fails
    std::optional<Settlement> settled;
    io_.rooms().start("undo", undo(settled, large()));
    co_await until_holding(1);
    store_->lock_key(false);
    co_await until_settled(settled);
    EXPECT_EQ(settled->kind, Settlement::Kind::queued);
    EXPECT_TRUE(std::filesystem::exists(dir_.path() / "spool" / "id1.body"));
    upstream_.release();
    co_await until_holding(0);
  }

  // What a start after a crash at this moment would find.
  std::size_t left_in_journal() { return store::Journal::open(dir_.path()).value()->left().size(); }

  awaitable<void> a_lost_answer_stays_in_the_journal() {
    at("END", Reaction::Kind::close);
    gate_.set(false);
    std::optional<Settlement> settled;
    settle_to(settled, large());
    co_await until_syncing();
    EXPECT_EQ(left_in_journal(), 1U);
    gate_.set(true);
    co_await until_settled(settled);
    EXPECT_EQ(settled->kind, Settlement::Kind::kept_unknown);
    EXPECT_EQ(left_in_journal(), 0U);
  }

  awaitable<void> a_late_answer_leaves_nothing_in_the_journal() {
    at("END", Reaction::Kind::hold);
    std::optional<Settlement> settled;
    settle_to(settled, large());
    co_await until_holding(1);
    co_await until_settled(settled);
    EXPECT_EQ(settled->kind, Settlement::Kind::queued);
    EXPECT_EQ(left_in_journal(), 0U);
    upstream_.release();
    co_await until_holding(0);
  }

  awaitable<void> the_end_waits_for_the_disk() {
    upstream_.react = [](std::string_view said, std::size_t) {
      return said == "CONNECT" || said == "END" ? Reaction{Reaction::Kind::hold, {}} : Reaction{};
    };
    gate_.set(false);
    std::optional<Settlement> settled;
    settle_to(settled, large());
    co_await until_holding(1);
    co_await until_syncing();
    upstream_.release();
    co_await net::pause(io_.executor(), 100ms);
    gate_.set(true);
    co_await until_settled(settled);
    EXPECT_EQ(settled->kind, Settlement::Kind::queued);
    const std::function<bool()> has_left = [this] { return upstream_.messages.size() == 1; };
    co_await until(has_left);
    const auto record = co_await record_of("id1");
    EXPECT_EQ(record.state, MessageState::waiting);
    EXPECT_TRUE(record.may_have_left);
    upstream_.release();
    co_await until_holding(0);
  }
};

TEST_F(AcceptanceTest, a_message_that_was_taken_while_it_could_not_be_kept_is_sent) {
  play(a_verdict_comes_while_the_disk_breaks("", MessageState::sent));
}

TEST_F(AcceptanceTest,
       a_message_whose_answer_was_lost_is_known_after_a_crash_before_it_is_on_disk) {
  play(a_lost_answer_stays_in_the_journal());
}

TEST_F(AcceptanceTest, what_the_database_has_is_no_longer_in_the_journal) {
  play(a_late_answer_leaves_nothing_in_the_journal());
}

TEST_F(AcceptanceTest, a_body_that_could_not_be_kept_at_first_is_kept_later) {
  play(a_second_keeping_keeps_the_body());
}

TEST_F(AcceptanceTest, the_end_does_not_leave_before_our_record_of_the_message_is_on_disk) {
  play(the_end_waits_for_the_disk());
}

}  // namespace
}  // namespace todoku::relay
