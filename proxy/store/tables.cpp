// SPDX-License-Identifier: Apache-2.0
// Every kind of change finds its table here; attempts, events and requests.
#include "proxy/store/tables.hpp"

#include "proxy/store/packing.hpp"

#include <type_traits>
#include <utility>

namespace todoku::store {

Tables::Tables(Database& database, std::shared_ptr<const Sealer> sealer,
               const std::filesystem::path& state_dir)
    : database_(database),
      sealer_(std::move(sealer)),
      copies_(system_files(), state_dir / "copies") {}

std::string Tables::who(std::string_view account, std::string_view user) const {
  if (user.empty()) return {};
  return sealer_->fingerprint(std::string(account) + '\0' + std::string(user));
}

// What cannot be opened was sealed with another key: the row is shown without its private part.
std::string Tables::open_or_nothing(std::string_view sealed, std::string_view about) const {
  auto opened = sealer_->open(sealed, about);
  return opened.has_value() ? std::move(*opened) : std::string();
}

error_code Tables::apply(const Change& change) {
  return std::visit(
      [this](const auto& one) -> error_code {
        using Kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, PutMessage>) return put(one);
        if constexpr (std::is_same_v<Kind, DropMessage>) return drop(one.message_id);
        if constexpr (std::is_same_v<Kind, PutBody>) return put_body(one);
        if constexpr (std::is_same_v<Kind, DropBody>) return drop_body(one.message_id);
        if constexpr (std::is_same_v<Kind, AddAttempt>) return add(one.attempt);
        if constexpr (std::is_same_v<Kind, AddEvent>) return add(one.event);
        if constexpr (std::is_same_v<Kind, AnswerRequest>) return answer(one);
        if constexpr (std::is_same_v<Kind, SetRelays>) return set(one);
        if constexpr (std::is_same_v<Kind, PutRelay>) return put(one.relay);
        if constexpr (std::is_same_v<Kind, NoteCorrespondents>) return note(one);
        if constexpr (std::is_same_v<Kind, PutPath>) return put(one.path);
        if constexpr (std::is_same_v<Kind, DropPath>) return drop(one);
        if constexpr (std::is_same_v<Kind, PutTally>) return put(one.tally);
        if constexpr (std::is_same_v<Kind, PutSize>) return put(one.size);
        if constexpr (std::is_same_v<Kind, PutAlignment>) return put(one.record);
        if constexpr (std::is_same_v<Kind, PutLesson>) return put(one.lesson);
      },
      change);
}

error_code Tables::apply_without_key(const Change& change) {
  if (const auto* put = std::get_if<PutMessage>(&change)) return put_clear_part(put->message);
  if (std::holds_alternative<PutBody>(change) || std::holds_alternative<AddAttempt>(change) ||
      std::holds_alternative<NoteCorrespondents>(change) ||
      std::holds_alternative<PutPath>(change) || std::holds_alternative<DropPath>(change) ||
      std::holds_alternative<PutSize>(change) || std::holds_alternative<PutAlignment>(change) ||
      std::holds_alternative<PutLesson>(change)) {
    return {};
  }
  return apply(change);
}

error_code Tables::add(const StoredAttempt& attempt) {
  const auto private_part = sealer_->seal(pack(attempt.attempt), "attempt " + attempt.message_id);
  // Two attempts in one millisecond are two attempts.
  return database_
      .prepare(
          "INSERT INTO attempts(message_id, at, private) VALUES(?1, max(?2, coalesce((SELECT "
          "max(at)+1 FROM attempts WHERE message_id=?1), 0)), ?3)")
      .text(attempt.message_id)
      .moment(attempt.at)
      .blob(private_part)
      .run();
}

error_code Tables::add(const StoredEvent& event) {
  const auto private_part = sealer_->seal(pack(event.parameters), "event " + event.message_id);
  return database_.prepare("INSERT INTO events(at, message_id, kind, private) VALUES(?,?,?,?)")
      .moment(event.at)
      .text(event.message_id)
      .number(static_cast<std::int64_t>(event.kind))
      .blob(private_part)
      .run();
}

error_code Tables::answer(const AnswerRequest& request) {
  return database_.prepare("UPDATE requests SET outcome=? WHERE number=?")
      .number(static_cast<std::int64_t>(request.outcome))
      .number(static_cast<std::int64_t>(request.number))
      .run();
}

Result<std::vector<StoredAttempt>> Tables::attempts_of(std::string_view id) {
  auto rows = database_.prepare("SELECT at, private FROM attempts WHERE message_id=? ORDER BY at");
  rows.text(id);
  std::vector<StoredAttempt> found;
  while (rows.step()) {
    StoredAttempt attempt;
    attempt.message_id = id;
    attempt.at = rows.moment_at(0);
    (void)unpack(open_or_nothing(rows.bytes_at(1), "attempt " + attempt.message_id),
                 attempt.attempt);
    found.push_back(std::move(attempt));
  }
  if (rows.failed()) return rows.failed();
  return found;
}

StoredEvent Tables::event_in(const Statement& row) {
  StoredEvent event;
  event.number = static_cast<std::uint64_t>(row.number_at(0));
  event.at = row.moment_at(1);
  event.message_id = row.bytes_at(2);
  event.kind = static_cast<EventKind>(row.number_at(3));
  (void)unpack(open_or_nothing(row.bytes_at(4), "event " + event.message_id), event.parameters);
  return event;
}

Result<std::vector<StoredEvent>> Tables::events_in(Statement& rows) {
  std::vector<StoredEvent> found;
  while (rows.step()) found.push_back(event_in(rows));
  if (rows.failed()) return rows.failed();
  return found;
}

Result<std::vector<StoredEvent>> Tables::events_of(std::string_view id) {
  auto rows = database_.prepare(
      "SELECT number, at, message_id, kind, private FROM events WHERE message_id=? AND "
      "message_id<>'' ORDER BY number");
  rows.text(id);
  return events_in(rows);
}

Result<std::vector<StoredEvent>> Tables::events_after(std::uint64_t number, std::size_t limit) {
  auto rows = database_.prepare(
      "SELECT number, at, message_id, kind, private FROM events WHERE number>? ORDER BY number "
      "LIMIT ?");
  rows.number(static_cast<std::int64_t>(number)).number(static_cast<std::int64_t>(limit));
  return events_in(rows);
}

}  // namespace todoku::store
