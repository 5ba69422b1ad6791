// SPDX-License-Identifier: Apache-2.0
// What is known of fallback relays: by whose mail they would be taken for forgers, and what test
// mails have shown of them. Whose mail it is, is nobody's business: all of it is sealed.
#include "proxy/delivery/message_id.hpp"
#include "proxy/store/packing.hpp"
#include "proxy/store/tables.hpp"

#include <utility>

namespace todoku::store {

namespace {

constexpr const char* about = "relay fact";

enum Kind : std::int64_t {
  alignment = 0,
  lesson = 1,
};

}  // namespace

error_code Tables::put_fact(std::int64_t kind, const std::string& about_whom, Time at,
                            const Pairs& texts) {
  const auto name = sealer_->fingerprint("fact " + std::to_string(kind) + ' ' + about_whom);
  const auto sealed = sealer_->seal(pack(texts), about);
  return database_
      .prepare("INSERT OR REPLACE INTO relay_facts(name, kind, at, private) VALUES(?,?,?,?)")
      .blob(name)
      .number(kind)
      .moment(at)
      .blob(sealed)
      .run();
}

error_code Tables::put(const AlignmentRecord& record) {
  return put_fact(alignment, record.fallback + '\0' + record.from_domain, record.at,
                  texts_of(record));
}

error_code Tables::put(const RelayLesson& learned) {
  return put_fact(lesson, learned.fallback + '\0' + learned.from_domain, learned.at,
                  texts_of(learned));
}

Result<std::vector<std::pair<Time, Pairs>>> Tables::facts(std::int64_t kind) {
  auto rows = database_.prepare("SELECT at, private FROM relay_facts WHERE kind=? ORDER BY at");
  rows.number(kind);
  std::vector<std::pair<Time, Pairs>> found;
  while (rows.step()) {
    Pairs texts;
    const Time at = rows.moment_at(0);
    const bool is_whole = unpack(open_or_nothing(rows.bytes_at(1), about), texts);
    if (is_whole && !texts.empty()) found.emplace_back(at, std::move(texts));
  }
  if (rows.failed()) return rows.failed();
  return found;
}

Result<RelayFacts> Tables::relay_facts() {
  RelayFacts known;
  const auto alignments = facts(alignment);
  if (alignments.has_error()) return alignments.error();
  for (const auto& [at, texts] : *alignments) {
    known.alignments.push_back(delivery::record_from(texts, at));
  }
  const auto lessons = facts(lesson);
  if (lessons.has_error()) return lessons.error();
  for (const auto& [at, texts] : *lessons) {
    known.lessons.push_back(delivery::lesson_from(texts, at));
  }
  return known;
}

// Ids sort by time, so that what is older is not even looked at.
Result<std::vector<SentBy>> Tables::sent_since(Time since, std::chrono::milliseconds oldest) {
  const auto first_id = delivery::make_message_id(since - oldest, 0);
  auto rows = database_.prepare(
      "SELECT message_id, at, private FROM attempts WHERE message_id>=? AND at>=?");
  rows.text(first_id).moment(since);
  std::vector<SentBy> found;
  while (rows.step()) {
    delivery::Attempt attempt;
    const auto sealed = open_or_nothing(rows.bytes_at(2), "attempt " + rows.bytes_at(0));
    if (!unpack(sealed, attempt) || !attempt.reply.is_positive()) continue;
    const Time at = rows.moment_at(1);
    found.push_back({std::move(attempt.relay), at});
  }
  if (rows.failed()) return rows.failed();
  return found;
}

// The latest ones, the newest first: for a person who looks at the relays.
Result<std::vector<StoredEvent>> Tables::relay_events(std::size_t limit) {
  auto rows = database_.prepare(
      "SELECT number, at, message_id, kind, private FROM events WHERE kind IN (?,?,?,?,?) "
      "ORDER BY number DESC LIMIT ?");
  for (const auto kind :
       {EventKind::detour_began, EventKind::detour_ended, EventKind::alignment_changed,
        EventKind::relay_tested, EventKind::port_moved}) {
    rows.number(static_cast<std::int64_t>(kind));
  }
  rows.number(static_cast<std::int64_t>(limit));
  return events_in(rows);
}

}  // namespace todoku::store
