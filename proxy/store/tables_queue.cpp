// SPDX-License-Identifier: Apache-2.0
// What the queue asks of the tables: what is due, what may go, what people want.
#include "proxy/store/packing.hpp"
#include "proxy/store/tables.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace todoku::store {

namespace {

std::string private_part_of(const Request& request) {
  if (request.verb != Verb::know_people) return pack(request.corrections);
  Pairs pairs;
  for (const auto& one : request.people) pairs.emplace_back(one.address, std::to_string(one.times));
  return pack(pairs);
}

void take_private(std::string_view bytes, Request& into) {
  (void)unpack(bytes, into.corrections);
  if (into.verb != Verb::know_people) return;
  for (auto& [address, number] : std::exchange(into.corrections, {})) {
    std::uint32_t times = 1;
    std::from_chars(number.data(), number.data() + number.size(), times);
    into.people.push_back({std::move(address), times});
  }
}

constexpr std::int64_t prune_at_once = 500;  // rows: a long transaction would hold mail up

}  // namespace

Result<std::vector<DueMessage>> Tables::due_in(Statement& rows) {
  std::vector<DueMessage> found;
  while (rows.step()) {
    found.push_back({rows.bytes_at(0), rows.bytes_at(1), rows.moment_at(2)});
  }
  if (rows.failed()) return rows.failed();
  return found;
}

Result<std::vector<DueMessage>> Tables::due(Time now, std::string_view account, std::size_t limit) {
  if (account.empty()) return due_of_all(now, limit);
  auto rows = database_.prepare(
      "SELECT id, account, next_attempt FROM messages INDEXED BY due WHERE state=2 AND account=? "
      "AND next_attempt<=? ORDER BY next_attempt, id LIMIT ?");
  rows.text(account).moment(now).number(static_cast<std::int64_t>(limit));
  return due_in(rows);
}

Result<std::vector<DueMessage>> Tables::due_of_all(Time now, std::size_t limit) {
  auto rows = database_.prepare(
      "SELECT id, account, next_attempt FROM messages INDEXED BY soonest WHERE state=2 AND "
      "next_attempt<=? ORDER BY next_attempt, id LIMIT ?");
  rows.moment(now).number(static_cast<std::int64_t>(limit));
  return due_in(rows);
}

Result<std::vector<DueMessage>> Tables::overdue(Time now, std::size_t limit) {
  auto rows = database_.prepare(
      "SELECT id, account, deadline FROM messages INDEXED BY overdue "
      "WHERE state >= 2 AND state <= 4 AND deadline<=? ORDER BY deadline LIMIT ?");
  rows.moment(now).number(static_cast<std::int64_t>(limit));
  return due_in(rows);
}

Result<std::optional<Time>> Tables::next_due() {
  auto row = database_.prepare(
      "SELECT min(at) FROM ("
      "SELECT min(next_attempt) AS at FROM messages INDEXED BY soonest WHERE state=2 UNION ALL "
      "SELECT min(deadline) FROM messages INDEXED BY overdue WHERE state >= 2 AND state <= 4)");
  if (row.step() && !row.is_null_at(0)) return std::optional(row.moment_at(0));
  if (row.failed()) return row.failed();
  return std::optional<Time>();
}

error_code Tables::hasten(std::string_view account, std::string_view user, Time now) {
  const auto owner = who(account, user);
  return database_
      .prepare(
          "UPDATE messages SET next_attempt=?1 WHERE state=2 AND account=?2 AND "
          "next_attempt>?1 AND (?3=x'' OR who=?3) AND (waits_for<>3 OR ?3<>x'')")
      .moment(now)
      .text(account)
      .blob(owner)
      .run();
}

error_code Tables::postpone(std::string_view id, Time until) {
  return database_
      .prepare(
          "UPDATE messages SET next_attempt=max(next_attempt, ?1), deadline=max(deadline, ?1) "
          "WHERE id=?2 AND state BETWEEN 2 AND 4")
      .moment(until)
      .text(id)
      .run();
}

Result<std::vector<std::string>> Tables::waiting_accounts() {
  auto rows =
      database_.prepare("SELECT DISTINCT account FROM messages INDEXED BY due WHERE state=2");
  std::vector<std::string> found;
  while (rows.step()) found.push_back(rows.bytes_at(0));
  if (rows.failed()) return rows.failed();
  return found;
}

Result<Store::Counts> Tables::counts() {
  auto rows = database_.prepare(
      "SELECT state, count(*) FROM messages INDEXED BY unsettled "
      "WHERE state >= 2 AND state <= 4 GROUP BY state");
  Store::Counts counts;
  while (rows.step()) {
    const auto count = static_cast<std::uint64_t>(rows.number_at(1));
    const auto state = static_cast<delivery::MessageState>(rows.number_at(0));
    if (state == delivery::MessageState::waiting) counts.waiting = count;
    if (state == delivery::MessageState::held) counts.held = count;
    if (state == delivery::MessageState::unknown) counts.unknown = count;
  }
  if (rows.failed()) return rows.failed();
  return counts;
}

Result<std::vector<RepeatEntry>> Tables::repeats_since(Time since) {
  auto rows = database_.prepare(
      "SELECT repeat_key, id, arrived, state FROM messages INDEXED BY untold "
      "WHERE (state BETWEEN 1 AND 4 OR (flags & 4) = 0) AND arrived>=? ORDER BY arrived");
  rows.moment(since);
  std::vector<RepeatEntry> found;
  while (rows.step()) {
    RepeatEntry entry;
    const auto key = rows.bytes_at(0);
    std::copy_n(key.begin(), std::min(key.size(), entry.key.size()), entry.key.begin());
    entry.id = rows.bytes_at(1);
    entry.arrived = rows.moment_at(2);
    entry.state = static_cast<delivery::MessageState>(rows.number_at(3));
    found.push_back(std::move(entry));
  }
  if (rows.failed()) return rows.failed();
  return found;
}

// data_version moves when another connection has written: no question where nobody can have asked.
Result<std::vector<Request>> Tables::open_requests() {
  const auto version = database_.ask_number("PRAGMA data_version");
  if (version.has_error()) return version.error();
  if (*version == requests_seen_at_) return std::vector<Request>();
  auto rows = database_.prepare(
      "SELECT number, verb, message_id, private FROM requests WHERE outcome=0 ORDER BY number "
      "LIMIT "
      "100");
  std::vector<Request> found;
  while (rows.step()) {
    Request request;
    request.number = static_cast<std::uint64_t>(rows.number_at(0));
    request.verb = static_cast<Verb>(rows.number_at(1));
    request.message_id = rows.bytes_at(2);
    take_private(open_or_nothing(rows.bytes_at(3), "request " + request.message_id), request);
    found.push_back(std::move(request));
  }
  if (rows.failed()) return rows.failed();
  // Those that are open will be asked for again until they are answered.
  requests_seen_at_ = found.empty() ? *version : -1;
  return found;
}

Result<std::uint64_t> Tables::ask(const Request& request, Time now) {
  const auto private_part =
      sealer_->seal(private_part_of(request), "request " + request.message_id);
  const auto failed =
      database_
          .prepare("INSERT INTO requests(at, verb, message_id, private, outcome) VALUES(?,?,?,?,0)")
          .moment(now)
          .number(static_cast<std::int64_t>(request.verb))
          .text(request.message_id)
          .blob(private_part)
          .run();
  if (failed) return failed;
  return static_cast<std::uint64_t>(database_.last_row());
}

Result<RequestOutcome> Tables::outcome_of(std::uint64_t number) {
  auto row = database_.prepare("SELECT outcome FROM requests WHERE number=?");
  row.number(static_cast<std::int64_t>(number));
  if (row.step()) return static_cast<RequestOutcome>(row.number_at(0));
  if (row.failed()) return row.failed();
  return RequestOutcome::no_such_message;
}

// What is kept of settled messages goes by age, and the oldest until the rest fits; copies go with
// their whole file. What still waits is never touched.
error_code Tables::prune_bodies(const Store::Limits& limits, Time now,
                                std::vector<std::string>& gone) {
  std::uint64_t kept = 0;
  auto sum = database_.prepare(
      "SELECT sum(size) FROM messages INDEXED BY kept_bodies WHERE body IN (1, 2) AND state>4");
  if (sum.step()) kept = static_cast<std::uint64_t>(sum.number_at(0));
  if (sum.failed()) return sum.failed();
  for (const auto& part : copies_.parts()) kept += part.size;
  const auto is_to_go = [&](Time youngest) {
    return youngest + limits.keep_sent < now || kept > limits.keep_sent_bytes;
  };
  std::vector<std::pair<std::string, BodyPlace>> old;
  auto rows = database_.prepare(
      "SELECT id, body, changed, size FROM messages INDEXED BY kept_bodies WHERE body IN (1, 2) "
      "AND "
      "state>4 ORDER BY changed LIMIT ?");
  rows.number(prune_at_once);
  bool has_row = rows.step();
  while (true) {
    const auto& parts = copies_.parts();
    const bool is_part_older =
        !parts.empty() && (!has_row || parts.front().last_possible() < rows.moment_at(2));
    if (is_part_older && is_to_go(parts.front().last_possible())) {
      kept -= std::min(kept, parts.front().size);
      if (const auto failed = copies_.drop_oldest()) return failed;
      continue;
    }
    if (!has_row || !is_to_go(rows.moment_at(2))) break;
    kept -= std::min(kept, static_cast<std::uint64_t>(rows.number_at(3)));
    old.emplace_back(rows.bytes_at(0), static_cast<BodyPlace>(rows.number_at(1)));
    has_row = rows.step();
  }
  if (rows.failed()) return rows.failed();
  for (const auto& [id, place] : old) {
    if (const auto failed = drop_body(id)) return failed;
    if (place == BodyPlace::file) gone.push_back(id);
  }
  return {};
}

error_code Tables::prune_history(Time before, std::vector<std::string>& gone) {
  std::vector<std::string> old;
  auto rows = database_.prepare(
      "SELECT id, body, arrived, changed FROM messages WHERE state NOT IN (2, 3, 4) ORDER BY id");
  // Ids sort by time: behind the first that arrived later all are younger.
  while (static_cast<std::int64_t>(old.size()) < prune_at_once && rows.step()) {
    if (rows.moment_at(2) >= before) break;
    if (rows.moment_at(3) >= before) continue;
    old.push_back(rows.bytes_at(0));
    if (static_cast<BodyPlace>(rows.number_at(1)) == BodyPlace::file) gone.push_back(old.back());
  }
  if (rows.failed()) return rows.failed();
  for (const auto& id : old) {
    if (const auto failed = drop(id)) return failed;
  }
  for (const char* sql :
       {"DELETE FROM events WHERE number<coalesce((SELECT number FROM events WHERE at>=? ORDER BY "
        "number LIMIT 1), 9223372036854775807)",
        "DELETE FROM requests WHERE number<coalesce((SELECT number FROM requests WHERE at>=? ORDER "
        "BY number LIMIT 1), 9223372036854775807)",
        "DELETE FROM tallies WHERE at<?"}) {
    if (const auto failed = database_.prepare(sql).moment(before).run()) return failed;
  }
  return {};
}

Result<std::vector<std::string>> Tables::prune(const Store::Limits& limits, Time now) {
  std::vector<std::string> gone;
  if (const auto failed = prune_bodies(limits, now, gone)) return failed;
  if (const auto failed = prune_history(now - limits.keep_history, gone)) return failed;
  return gone;
}

error_code Tables::set_mark(const char* name, std::int64_t value) {
  return database_.prepare("INSERT OR REPLACE INTO marks(name, value) VALUES(?,?)")
      .text(name)
      .number(value)
      .run();
}

Result<std::int64_t> Tables::mark(const char* name) {
  auto row = database_.prepare("SELECT value FROM marks WHERE name=?");
  row.text(name);
  if (row.step()) return row.number_at(0);
  if (row.failed()) return row.failed();
  return std::int64_t{0};
}

// Flag 8: the end was on its way; flag 2: it had our 250. Deadline 0: the queue has not seen it
// yet. What was arriving (0) or with a relay (1) and had not left: ours waits again, a client's is
// refused, because it was told nothing and still has it. A client's that may have left stays as it
// is: its repeat finds it. What waited for a log-in (3) is tried anew: the queue of this run has to
// learn whose log-in it waits for.
Result<std::uint64_t> Tables::settle_interrupted(Time now) {
  const auto count = database_.ask_number(
      "SELECT count(*) FROM messages INDEXED BY interrupted WHERE (state < 2 OR (flags & 8) = 8) "
      "AND state IN (0, 1, 2) AND (flags & 10)=10");
  if (count.has_error()) return count.error();
  for (const char* sql :
       {"UPDATE messages INDEXED BY interrupted SET state=4, waits_for=4, deadline=0, changed=?, "
        "flags=flags & ~8 WHERE "
        "(state < 2 OR (flags & 8) = 8) AND state IN (0, 1, 2) AND (flags & 10)=10",
        "UPDATE messages INDEXED BY interrupted SET state=2, waits_for=1, changed=? WHERE (state < "
        "2 OR (flags & 8) = 8) AND state < 2 AND (flags & 2)=2",
        "UPDATE messages INDEXED BY interrupted SET state=6, waits_for=0, changed=? WHERE (state < "
        "2 OR (flags & 8) = 8) AND state < 2 AND (flags & 8)=0",
        "UPDATE messages INDEXED BY due SET waits_for=1, changed=? WHERE state=2 AND "
        "waits_for=3"}) {
    if (const auto failed = database_.prepare(sql).moment(now).run()) return failed;
  }
  return static_cast<std::uint64_t>(*count);
}

Result<std::vector<std::string>> Tables::bodies_in_files() {
  auto rows = database_.prepare("SELECT id FROM messages INDEXED BY in_files WHERE body=2");
  std::vector<std::string> found;
  while (rows.step()) found.push_back(rows.bytes_at(0));
  if (rows.failed()) return rows.failed();
  return found;
}

}  // namespace todoku::store
