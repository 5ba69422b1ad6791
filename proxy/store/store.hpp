// SPDX-License-Identifier: Apache-2.0
#pragma once

// The memory of Todoku: messages, attempts, events, requests and correspondents in one SQLite
// database (WAL), written by one store thread that puts everything waiting into one transaction, so
// that many messages share one sync. Call from the I/O thread; every await resumes there. Owned by
// main, closed after the rooms.
//
// Errors of writes: the disk is full or broken, or the key is locked. Nothing of the batch was
// kept then.
#include "proxy/store/body.hpp"
#include "proxy/store/records.hpp"
#include "proxy/store/sealer.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

// This moment as it is kept: in whole milliseconds.
[[nodiscard]] Time now();

enum class Durability : std::uint8_t {
  process,  // survives a kill of this process: committed, not synced
  disk      // survives a power cut: synced before the await returns
};

struct StoreOptions {
  std::filesystem::path state_dir;  // exists, private
  std::shared_ptr<const Sealer> sealer = Sealer::none();
  std::chrono::milliseconds gather{20};  // how long write_behind may wait for company
  std::string vfs;                       // SQLite's file layer by name; empty = the system's
};

// What was found and done at start.
struct Recovery {
  bool was_clean_stop = true;
  bool was_damaged = false;         // the database failed its check and was set aside
  std::filesystem::path set_aside;  // where the damaged one is kept
  std::uint64_t waiting = 0;        // messages that have our 250 and are not settled
  std::uint64_t now_unknown = 0;    // whose end was on its way when Todoku ended
};

struct ListFilter {
  std::vector<delivery::MessageState> states;  // empty = all
  std::string account;                         // empty = all
  std::size_t limit = 100;
  std::string before;  // an id: only older ones; empty = from the newest
};

// A message that is due, with what is needed to order and route it without loading it whole.
struct DueMessage {
  std::string id;
  std::string account;
  Time at{};  // next_attempt, or deadline
};

// One of the messages that a client's repeat joins.
struct RepeatEntry {
  RepeatKey key{};
  std::string id;
  Time arrived{};
  delivery::MessageState state = delivery::MessageState::unknown;
};

class Store {
 public:
  // Opens or creates; migrates; checks integrity (a damaged file is set aside, never deleted);
  // messages whose end was on its way become unknown. Blocks: at start only.
  static Result<std::unique_ptr<Store>> open(boost::asio::any_io_executor executor,
                                             StoreOptions options);
  ~Store();  // writes what waits, marks a clean stop, ends the thread

  [[nodiscard]] const Recovery& recovery() const;

  // Returns at once; written in order with everything else, at most options.gather later.
  // A failure is reported through on_failure (once for each batch).
  void write_behind(Changes changes);
  void on_failure(std::function<void(error_code, std::string detail)> tell);
  // Told of every change that a room gives, before it is written. One listener; it must be quick.
  void on_change(std::function<void(const Change&)> tell);
  // Whole or not at all.
  boost::asio::awaitable<error_code> write(Changes changes, Durability durability);
  // No room on disk for another message of that size (bytes): answer 452 before harm.
  [[nodiscard]] error_code check_room(std::uint64_t size) const;

  boost::asio::awaitable<Result<std::optional<StoredMessage>>> load(std::string id);
  boost::asio::awaitable<Result<std::vector<StoredMessage>>> list(ListFilter filter);
  boost::asio::awaitable<Result<std::vector<StoredAttempt>>> attempts_of(std::string id);
  boost::asio::awaitable<Result<std::vector<StoredEvent>>> events_of(std::string id);
  boost::asio::awaitable<Result<std::vector<StoredEvent>>> events_after(std::uint64_t number,
                                                                        std::size_t limit);
  // Waiting messages whose time has come, oldest first; account empty = all.
  boost::asio::awaitable<Result<std::vector<DueMessage>>> due(Time now, std::string account,
                                                              std::size_t limit);
  // All waiting, held and unknown messages whose deadline has passed.
  boost::asio::awaitable<Result<std::vector<DueMessage>>> overdue(Time now, std::size_t limit);
  // The earliest next_attempt or deadline after now; nothing = none waits.
  boost::asio::awaitable<Result<std::optional<Time>>> next_due();
  // Lets the waiting messages of an account (and user, where not empty) try at once.
  boost::asio::awaitable<error_code> hasten(std::string account, std::string user, Time now);
  // Not before that time, neither attempt nor deadline: a message that cannot be read now.
  boost::asio::awaitable<error_code> postpone(std::string id, Time until);
  // How many messages wait, are held, are unknown.
  struct Counts {
    std::uint64_t waiting = 0;
    std::uint64_t held = 0;
    std::uint64_t unknown = 0;
  };
  boost::asio::awaitable<Result<Counts>> counts();
  // The names of the accounts that messages wait for.
  boost::asio::awaitable<Result<std::vector<std::string>>> waiting_accounts();
  // What a repeat may join: under way, waiting, unknown, or sent untold, since that time.
  boost::asio::awaitable<Result<std::vector<RepeatEntry>>> repeats_since(Time since);
  // The bytes of a small body, or of the copy of one. Errors: no_such_file_or_directory,
  // bad_message.
  boost::asio::awaitable<Result<std::string>> small_body(std::string id);

  // Requests of other processes. take_requests returns those not answered yet; it costs next to
  // nothing when no other process has written since the last call.
  boost::asio::awaitable<Result<std::vector<Request>>> take_requests();
  // How often this account has written to the address; 0 = never.
  boost::asio::awaitable<Result<std::uint64_t>> times_written_to(std::string account,
                                                                 std::string address);
  // most: of correspondents, the latest of all accounts.
  boost::asio::awaitable<Result<SentHistory>> sent_history(std::size_t most, Time tallies_since);
  // The memory of paths, the oldest first.
  boost::asio::awaitable<Result<std::vector<delivery::RememberedPath>>> paths();
  boost::asio::awaitable<Result<RelayFacts>> relay_facts();
  // Attempts that a relay has ended with 2xx, since that time. oldest: how long a message may have
  // waited before.
  boost::asio::awaitable<Result<std::vector<SentBy>>> sent_since(Time since,
                                                                 std::chrono::milliseconds oldest);
  // The ids of messages whose bodies are kept in spool files.
  boost::asio::awaitable<Result<std::vector<std::string>>> bodies_in_files();
  // Removes what is older than allowed, oldest first; returns the ids whose spool files may go.
  struct Limits {
    std::chrono::milliseconds keep_sent;
    std::uint64_t keep_sent_bytes = 0;
    std::chrono::milliseconds keep_history;
  };
  boost::asio::awaitable<Result<std::vector<std::string>>> prune(Limits limits, Time now);
  // The system's key store is locked: sealed with a key of this run only, so that nothing sealed
  // now may be promised to anybody. write(..., disk) of a PutBody or PutMessage then fails.
  void lock_key(bool is_locked);
  [[nodiscard]] bool is_key_locked() const;
  // A new key from now on (the keeper was unlocked).
  void use_sealer(std::shared_ptr<const Sealer> sealer);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The same database from another process (todoku messages): blocking, read and request only.
class Reader {
 public:
  // Error no_such_file_or_directory: Todoku has never run with this state directory.
  static Result<std::unique_ptr<Reader>> open(const std::filesystem::path& state_dir,
                                              std::shared_ptr<const Sealer> sealer);
  ~Reader();
  Result<std::vector<StoredMessage>> list(const ListFilter& filter);
  Result<std::optional<StoredMessage>> load(std::string_view id);
  Result<std::vector<StoredAttempt>> attempts_of(std::string_view id);
  Result<std::vector<StoredEvent>> events_of(std::string_view id);
  Result<std::vector<StoredRelay>> relays();  // of the serve that runs, or ran last
  Result<std::vector<delivery::RememberedPath>> paths();
  Result<RelayFacts> relay_facts();
  // What happened to relays and ways lately, the newest first.
  Result<std::vector<StoredEvent>> relay_events(std::size_t limit);
  // Puts a request down; returns its number.
  Result<std::uint64_t> ask(const Request& request);
  Result<RequestOutcome> outcome_of(std::uint64_t number);
  // Put down and not answered yet, the oldest first; 100 at most.
  Result<std::vector<Request>> open_requests();

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::store
