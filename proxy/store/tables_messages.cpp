// SPDX-License-Identifier: Apache-2.0
// Messages and the bodies that lie beside them: rows written, and read back.
#include "proxy/store/packing.hpp"
#include "proxy/store/tables.hpp"

#include <algorithm>
#include <functional>
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

error_code Tables::put_clear_part(const StoredMessage& message) {
  return database_
      .prepare(
          "UPDATE messages SET state=?, waits_for=?, flags=?, attempts=?, changed=?, "
          "next_attempt=?, deadline=? WHERE id=?")
      .number(static_cast<std::int64_t>(message.state))
      .number(static_cast<std::int64_t>(message.waits_for))
      .number(flags_of(message))
      .number(message.attempts)
      .moment(message.changed)
      .moment(message.next_attempt)
      .moment(message.deadline)
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
      .moment(message.arrived)
      .moment(message.changed)
      .moment(message.next_attempt)
      .moment(message.deadline)
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
  message.arrived = row.moment_at(9);
  message.changed = row.moment_at(10);
  message.next_attempt = row.moment_at(11);
  message.deadline = row.moment_at(12);
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
