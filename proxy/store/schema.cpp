// SPDX-License-Identifier: Apache-2.0
// The tables. `private` holds what packing.hpp writes, sealed.
#include "proxy/store/schema.hpp"

#include <array>
#include <string>

namespace todoku::store {

namespace {

// What every connection needs. Syncs are asked for transaction by transaction.
constexpr const char* settings_of_a_connection =
    "PRAGMA page_size=4096;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA foreign_keys=OFF;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-2000;"
    "PRAGMA secure_delete=OFF;";

constexpr const char* version_1 =
    "CREATE TABLE messages("
    "  id TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL, waits_for INTEGER NOT NULL,"
    "  flags INTEGER NOT NULL, account TEXT NOT NULL, who BLOB NOT NULL,"
    "  repeat_key BLOB NOT NULL,"
    "  size INTEGER NOT NULL, body INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    "  arrived INTEGER NOT NULL, changed INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
    "  deadline INTEGER NOT NULL, private BLOB NOT NULL) WITHOUT ROWID;"
    // state 2 = waiting, 3 = held, 4 = unknown, 1 = sending; flag 4 = the client was told
    "CREATE INDEX due ON messages(account, next_attempt) WHERE state = 2;"
    "CREATE INDEX soonest ON messages(next_attempt) WHERE state = 2;"
    "CREATE INDEX overdue ON messages(deadline) WHERE state IN (2, 3, 4);"
    "CREATE INDEX unsettled ON messages(state) WHERE state IN (2, 3, 4);"
    "CREATE INDEX untold ON messages(arrived) WHERE state IN (1, 2, 3, 4) OR (flags & 4) = 0;"
    "CREATE INDEX interrupted ON messages(state) WHERE state < 2 OR (flags & 8) = 8;"
    "CREATE INDEX copies ON messages(changed, size) WHERE body <> 0 AND state > 4;"
    "CREATE INDEX in_files ON messages(body) WHERE body = 2;"
    "CREATE TABLE bodies(id TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE attempts("
    "  message_id TEXT NOT NULL, at INTEGER NOT NULL, private BLOB NOT NULL,"
    "  PRIMARY KEY(message_id, at)) WITHOUT ROWID;"
    "CREATE TABLE events("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, message_id TEXT NOT NULL,"
    "  kind INTEGER NOT NULL, private BLOB NOT NULL);"
    "CREATE INDEX events_of ON events(message_id) WHERE message_id <> '';"
    "CREATE TABLE requests("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, verb INTEGER NOT NULL,"
    "  message_id TEXT NOT NULL, private BLOB NOT NULL, outcome INTEGER NOT NULL);"
    "CREATE TABLE correspondents("
    "  account TEXT NOT NULL, address BLOB NOT NULL, times INTEGER NOT NULL,"
    "  last INTEGER NOT NULL, PRIMARY KEY(account, address)) WITHOUT ROWID;"
    "CREATE TABLE marks(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";

// Copies of sent messages lie in files of their own, which go as a whole.
constexpr const char* version_2 =
    "DROP INDEX copies;"
    "CREATE INDEX kept_bodies ON messages(changed, size) WHERE body IN (1, 2) AND state > 4;";

// The memory of paths: `name` is a digest of relay and domain, until orders them by age.
constexpr const char* version_3 =
    "CREATE TABLE paths("
    "  name BLOB NOT NULL PRIMARY KEY, until INTEGER NOT NULL, private BLOB NOT NULL) WITHOUT "
    "ROWID;";

// The relays of the last serve, in the order of its settings.
constexpr const char* version_4 =
    "CREATE TABLE relays("
    "  name TEXT NOT NULL PRIMARY KEY, place INTEGER NOT NULL, fallback TEXT NOT NULL,"
    "  state INTEGER NOT NULL, since INTEGER NOT NULL, private BLOB NOT NULL) WITHOUT ROWID;";

// What the checks before sending learn: the correspondents' addresses themselves, sealed; how much
// went out in each ten minutes; the largest message that a domain takes (name: a digest of it).
constexpr const char* version_5 =
    "ALTER TABLE correspondents ADD COLUMN private BLOB NOT NULL DEFAULT x'';"
    "CREATE TABLE tallies("
    "  account TEXT NOT NULL, at INTEGER NOT NULL, messages INTEGER NOT NULL,"
    "  recipients INTEGER NOT NULL, PRIMARY KEY(account, at)) WITHOUT ROWID;"
    "CREATE TABLE size_limits("
    "  name BLOB NOT NULL PRIMARY KEY, private BLOB NOT NULL) WITHOUT ROWID;";

// What is known of fallback relays. `name` is a digest of what it is about; kind 0 = alignment with
// a domain, 1 = a lesson.
constexpr const char* version_6 =
    "CREATE TABLE relay_facts("
    "  name BLOB NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL,"
    "  private BLOB NOT NULL) WITHOUT ROWID;";

// The same three indexes: an IN of three numbers or more makes SQLite build a table of them for
// every row that it writes, which cost more than all else about a message.
constexpr const char* version_7 =
    "DROP INDEX overdue; DROP INDEX unsettled; DROP INDEX untold;"
    "CREATE INDEX overdue ON messages(deadline) WHERE state >= 2 AND state <= 4;"
    "CREATE INDEX unsettled ON messages(state) WHERE state >= 2 AND state <= 4;"
    "CREATE INDEX untold ON messages(arrived) WHERE state BETWEEN 1 AND 4 OR (flags & 4) = 0;";

// steps[n] leads from version n to n + 1.
constexpr std::array<const char*, schema_version> all_steps{
    version_1, version_2, version_3, version_4, version_5, version_6, version_7};

error_code step_up(Database& database, int from, const char* step) {
  if (const auto failed = database.execute("BEGIN IMMEDIATE")) return failed;
  auto failed = database.execute(step);
  const auto mark = "PRAGMA user_version=" + std::to_string(from + 1);
  if (!failed) failed = database.execute(mark.c_str());
  if (!failed) failed = database.execute("COMMIT");
  if (failed) database.execute("ROLLBACK");
  return failed;
}

}  // namespace

std::span<const char* const> schema_steps() {
  return all_steps;
}

error_code prepare_schema(Database& database) {
  if (const auto failed = database.execute(settings_of_a_connection)) return failed;
  return migrate(database, all_steps);
}

error_code migrate(Database& database, std::span<const char* const> steps) {
  const auto version = database.ask_number("PRAGMA user_version");
  if (version.has_error()) return version.error();
  if (*version < 0 || static_cast<std::size_t>(*version) > steps.size()) {
    return boost::system::errc::make_error_code(boost::system::errc::not_supported);
  }
  for (auto from = static_cast<std::size_t>(*version); from < steps.size(); ++from) {
    if (const auto failed = step_up(database, static_cast<int>(from), steps[from])) return failed;
  }
  return {};
}

}  // namespace todoku::store
