// SPDX-License-Identifier: Apache-2.0
// Writing rows, and reading them back one message at a time.
#include "proxy/store/tables.hpp"

#include "proxy/store/packing.hpp"

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

namespace todoku::store {

namespace {

// On disk: a bit never changes its meaning.
constexpr std::int64_t notice = 1;
constexpr std::int64_t ours = 2;
constexpr std::int64_t told = 4;
constexpr std::int64_t leaving = 8;
constexpr std::int64_t resent = 16;
constexpr std::int64_t about_delay = 32;

std::int64_t flags_of(const StoredMessage& message) {
  return (message.is_notice ? notice : 0) | (message.has_our_250 ? ours : 0) |
         (message.is_client_told ? told : 0) | (message.may_have_left ? leaving : 0) |
         (message.was_resent ? resent : 0) | (message.is_about_delay ? about_delay : 0);
}

std::int64_t number_of(Time time) {
  return time.time_since_epoch().count();
}

Time time_at(const Statement& row, int column) {
  return Time(std::chrono::milliseconds(row.number_at(column)));
}

std::string_view view_of(const RepeatKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

bool is_unsettled_only(const ListFilter& filter) {
  using delivery::MessageState;
  return !filter.states.empty() && std::ranges::all_of(filter.states, [](MessageState state) {
    return state == MessageState::waiting || state == MessageState::held ||
           state == MessageState::unknown;
  });
}

}  // namespace

#define TODOKU_MESSAGE_COLUMNS                                                                 \
  "id, state, waits_for, flags, account, repeat_key, size, body, attempts, arrived, changed, " \
  "next_attempt, deadline, private"

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

error_code Tables::put_clear_part(const StoredMessage& message) {
  return database_
      .prepare(
          "UPDATE messages SET state=?, waits_for=?, flags=?, attempts=?, changed=?, "
          "next_attempt=?, deadline=? WHERE id=?")
      .number(static_cast<std::int64_t>(message.state))
      .number(static_cast<std::int64_t>(message.waits_for))
      .number(flags_of(message))
      .number(message.attempts)
      .number(number_of(message.changed))
      .number(number_of(message.next_attempt))
      .number(number_of(message.deadline))
      .text(message.id)
      .run();
}

// Numbers from 2^32 on are places of copies, smaller ones are places by name. That a copy cannot be
// kept stops nothing: the message has been sent.
std::int64_t Tables::place_of(const PutMessage& put) {
  const auto& message = put.message;
  if (put.copy) {
    const auto seal_onto = [&](std::string& record) {
      sealer_->seal_onto(record, *put.copy, "body " + message.id);
    };
    const auto added = copies_.add(seal_onto, message.changed);
    return added.has_error() ? 0 : static_cast<std::int64_t>(*added);
  }
  if (message.body == BodyPlace::copy) return static_cast<std::int64_t>(message.copy_at);
  return static_cast<std::int64_t>(message.body);
}

error_code Tables::put(const PutMessage& put) {
  const auto& message = put.message;
  const auto private_part = sealer_->seal(pack(message), "message " + message.id);
  const auto owner = who(message.account, message.user);
  return database_
      .prepare(
          "INSERT OR REPLACE INTO messages(id, state, waits_for, flags, account, repeat_key, size, "
          "body, attempts, arrived, changed, next_attempt, deadline, private, who) "
          "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .text(message.id)
      .number(static_cast<std::int64_t>(message.state))
      .number(static_cast<std::int64_t>(message.waits_for))
      .number(flags_of(message))
      .text(message.account)
      .blob(view_of(message.repeat_key))
      .number(static_cast<std::int64_t>(message.size))
      .number(place_of(put))
      .number(message.attempts)
      .number(number_of(message.arrived))
      .number(number_of(message.changed))
      .number(number_of(message.next_attempt))
      .number(number_of(message.deadline))
      .blob(private_part)
      .blob(owner)
      .run();
}

error_code Tables::put_body(const PutBody& body) {
  const auto sealed = sealer_->seal(body.bytes, "body " + body.message_id);
  return database_.prepare("INSERT OR REPLACE INTO bodies(id, bytes) VALUES(?,?)")
      .text(body.message_id)
      .blob(sealed)
      .run();
}

error_code Tables::drop_body(std::string_view id) {
  if (const auto failed = database_.prepare("DELETE FROM bodies WHERE id=?").text(id).run()) {
    return failed;
  }
  return database_.prepare("UPDATE messages SET body=0 WHERE id=?").text(id).run();
}

error_code Tables::drop(std::string_view id) {
  for (const char* sql :
       {"DELETE FROM bodies WHERE id=?", "DELETE FROM attempts WHERE message_id=?",
        "DELETE FROM messages WHERE id=?"}) {
    if (const auto failed = database_.prepare(sql).text(id).run()) return failed;
  }
  return {};
}

error_code Tables::add(const StoredAttempt& attempt) {
  const auto private_part = sealer_->seal(pack(attempt.attempt), "attempt " + attempt.message_id);
  // Two attempts in one millisecond are two attempts.
  return database_
      .prepare(
          "INSERT INTO attempts(message_id, at, private) VALUES(?1, max(?2, coalesce((SELECT "
          "max(at)+1 FROM attempts WHERE message_id=?1), 0)), ?3)")
      .text(attempt.message_id)
      .number(number_of(attempt.at))
      .blob(private_part)
      .run();
}

error_code Tables::add(const StoredEvent& event) {
  const auto private_part = sealer_->seal(pack(event.parameters), "event " + event.message_id);
  return database_.prepare("INSERT INTO events(at, message_id, kind, private) VALUES(?,?,?,?)")
      .number(number_of(event.at))
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

void Tables::set_body(StoredMessage& message, std::int64_t number) const {
  const auto place = static_cast<std::uint64_t>(number);
  if (place <= static_cast<std::uint64_t>(BodyPlace::file)) {
    message.body = static_cast<BodyPlace>(place);
  } else if (copies_.has(place)) {
    message.body = BodyPlace::copy;
    message.copy_at = place;
  }
}

StoredMessage Tables::message_in(const Statement& row, bool* is_whole) {
  StoredMessage message;
  message.id = row.bytes_at(0);
  message.state = static_cast<delivery::MessageState>(row.number_at(1));
  message.waits_for = static_cast<WaitsFor>(row.number_at(2));
  const auto flags = row.number_at(3);
  message.is_notice = (flags & notice) != 0;
  message.has_our_250 = (flags & ours) != 0;
  message.is_client_told = (flags & told) != 0;
  message.may_have_left = (flags & leaving) != 0;
  message.was_resent = (flags & resent) != 0;
  message.is_about_delay = (flags & about_delay) != 0;
  message.account = row.bytes_at(4);
  const auto key = row.bytes_at(5);
  std::copy_n(key.begin(), std::min(key.size(), message.repeat_key.size()),
              message.repeat_key.begin());
  message.size = static_cast<std::uint64_t>(row.number_at(6));
  set_body(message, row.number_at(7));
  message.attempts = static_cast<std::uint32_t>(row.number_at(8));
  message.arrived = time_at(row, 9);
  message.changed = time_at(row, 10);
  message.next_attempt = time_at(row, 11);
  message.deadline = time_at(row, 12);
  const bool is_open = unpack(open_or_nothing(row.bytes_at(13), "message " + message.id), message);
  if (is_whole != nullptr) *is_whole = is_open;
  return message;
}

Result<std::optional<StoredMessage>> Tables::load(std::string_view id) {
  auto row = database_.prepare("SELECT " TODOKU_MESSAGE_COLUMNS " FROM messages WHERE id=?");
  row.text(id);
  if (row.step()) {
    bool is_whole = false;
    auto message = message_in(row, &is_whole);
    if (is_whole) return std::optional(std::move(message));
    // Sealed with another key: to write it back would lose what it says.
    return boost::system::errc::make_error_code(boost::system::errc::permission_denied);
  }
  if (row.failed()) return row.failed();
  return std::optional<StoredMessage>();
}

Result<std::vector<StoredMessage>> Tables::list(const ListFilter& filter) {
  if (is_unsettled_only(filter)) return list_unsettled(filter);
  std::int64_t states = 0;
  for (const auto state : filter.states) states |= std::int64_t{1} << static_cast<int>(state);
  if (filter.states.empty()) states = ~std::int64_t{0};
  auto rows =
      database_.prepare("SELECT " TODOKU_MESSAGE_COLUMNS
                        " FROM messages WHERE (?1 >> state) & 1 AND (?2 = '' OR account = ?2)"
                        " AND (?3 = '' OR id < ?3) AND NOT (state = 1 AND (flags & 10) = 8)"
                        " ORDER BY id DESC LIMIT ?4");
  rows.number(states)
      .text(filter.account)
      .text(filter.before)
      .number(static_cast<std::int64_t>(filter.limit));
  std::vector<StoredMessage> found;
  while (rows.step()) found.push_back(message_in(rows));
  if (rows.failed()) return rows.failed();
  return found;
}

// Few among very many, or very many among few: one walk along the index for each state.
Result<std::vector<StoredMessage>> Tables::list_unsettled(const ListFilter& filter) {
  std::vector<StoredMessage> found;
  for (const auto state : filter.states) {
    auto rows = database_.prepare(
        "SELECT " TODOKU_MESSAGE_COLUMNS
        " FROM messages INDEXED BY unsettled WHERE state >= 2 AND state <= 4 AND state=?1 AND "
        "(?2 = '' OR account = ?2) AND (?3 = '' OR id < ?3) ORDER BY id DESC LIMIT ?4");
    rows.number(static_cast<std::int64_t>(state))
        .text(filter.account)
        .text(filter.before)
        .number(static_cast<std::int64_t>(filter.limit));
    while (rows.step()) found.push_back(message_in(rows));
    if (rows.failed()) return rows.failed();
  }
  std::ranges::sort(found, std::ranges::greater(), &StoredMessage::id);
  if (found.size() > filter.limit) found.resize(filter.limit);
  return found;
}

Result<std::vector<StoredAttempt>> Tables::attempts_of(std::string_view id) {
  auto rows = database_.prepare("SELECT at, private FROM attempts WHERE message_id=? ORDER BY at");
  rows.text(id);
  std::vector<StoredAttempt> found;
  while (rows.step()) {
    StoredAttempt attempt;
    attempt.message_id = id;
    attempt.at = time_at(rows, 0);
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
  event.at = time_at(row, 1);
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

Result<std::string> Tables::small_body(std::string_view id) {
  auto row = database_.prepare(
      "SELECT m.body, b.bytes FROM messages m LEFT JOIN bodies b ON b.id=m.id WHERE m.id=?");
  row.text(id);
  const auto about = "body " + std::string(id);
  if (row.step()) {
    StoredMessage place;
    set_body(place, row.number_at(0));
    if (place.body == BodyPlace::database) return sealer_->open(row.bytes_at(1), about);
    if (place.body == BodyPlace::copy) {
      const auto copy = copies_.read(place.copy_at);
      if (copy.has_error()) return copy.error();
      return sealer_->open(*copy, about);
    }
  }
  if (row.failed()) return row.failed();
  return boost::system::errc::make_error_code(boost::system::errc::no_such_file_or_directory);
}

}  // namespace todoku::store
