// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows to values and back, sealed and opened: everything that is asked of the database, as plain
// calls. One Tables for each connection, used by that connection's thread.
#include "proxy/store/copies.hpp"
#include "proxy/store/database.hpp"
#include "proxy/store/records.hpp"
#include "proxy/store/sealer.hpp"
#include "proxy/store/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

class Tables {
 public:
  // database outlives it. state_dir: where the copies lie.
  Tables(Database& database, std::shared_ptr<const Sealer> sealer,
         const std::filesystem::path& state_dir);
  void use_sealer(std::shared_ptr<const Sealer> sealer) { sealer_ = std::move(sealer); }

  [[nodiscard]] error_code apply(const Change& change);
  // While the key is locked: what can be written without it. States of known messages are kept,
  // for nothing may be sent twice; new texts are not.
  [[nodiscard]] error_code apply_without_key(const Change& change);

  Result<std::optional<StoredMessage>> load(std::string_view id);
  Result<std::vector<StoredMessage>> list(const ListFilter& filter);
  Result<std::vector<StoredAttempt>> attempts_of(std::string_view id);
  Result<std::vector<StoredEvent>> events_of(std::string_view id);
  Result<std::vector<StoredEvent>> events_after(std::uint64_t number, std::size_t limit);
  Result<std::vector<DueMessage>> due(Time now, std::string_view account, std::size_t limit);
  Result<std::vector<DueMessage>> overdue(Time now, std::size_t limit);
  Result<std::optional<Time>> next_due();
  error_code hasten(std::string_view account, std::string_view user, Time now);
  error_code postpone(std::string_view id, Time until);
  Result<Store::Counts> counts();
  Result<std::vector<std::string>> waiting_accounts();
  Result<std::vector<RepeatEntry>> repeats_since(Time since);
  Result<std::string> small_body(std::string_view id);
  Result<std::vector<Request>> open_requests();
  Result<std::uint64_t> times_written_to(std::string_view account, std::string_view address);
  Result<std::vector<std::string>> prune(const Store::Limits& limits, Time now);
  Result<std::uint64_t> ask(const Request& request, Time now);
  Result<RequestOutcome> outcome_of(std::uint64_t number);

  // The oldest first. What another key has sealed is left out.
  Result<std::vector<delivery::RememberedPath>> paths();
  Result<std::vector<StoredRelay>> relays();
  Result<RelayFacts> relay_facts();
  Result<std::vector<SentBy>> sent_since(Time since, std::chrono::milliseconds oldest);
  Result<std::vector<StoredEvent>> relay_events(std::size_t limit);

  // most: of correspondents, the latest. What another key has sealed is left out.
  Result<SentHistory> sent_history(std::size_t most, Time tallies_since);

  error_code set_mark(const char* name, std::int64_t value);
  Result<std::int64_t> mark(const char* name);
  // At start: what was on its way when Todoku ended is unknown now. How many.
  Result<std::uint64_t> settle_interrupted(Time now);
  // The bodies that are kept in files.
  Result<std::vector<std::string>> bodies_in_files();

 private:
  [[nodiscard]] error_code put(const PutMessage& put);
  [[nodiscard]] std::int64_t place_of(const PutMessage& put);
  [[nodiscard]] error_code drop(std::string_view id);
  [[nodiscard]] error_code drop_body(std::string_view id);
  [[nodiscard]] error_code put_body(const PutBody& body);
  [[nodiscard]] error_code add(const StoredAttempt& attempt);
  [[nodiscard]] error_code add(const StoredEvent& event);
  [[nodiscard]] error_code note(const NoteCorrespondents& written);
  [[nodiscard]] error_code note(const NoteCorrespondents& written, std::string_view address);
  [[nodiscard]] error_code put(const SentTally& tally);
  [[nodiscard]] error_code put(const LearnedSize& size);
  error_code correspondents_in(SentHistory& history, std::size_t most);
  error_code tallies_in(SentHistory& history, Time since);
  error_code sizes_in(SentHistory& history);
  [[nodiscard]] error_code answer(const AnswerRequest& request);
  [[nodiscard]] error_code set(const SetRelays& all);
  [[nodiscard]] error_code put(const StoredRelay& relay);
  [[nodiscard]] error_code put(const delivery::RememberedPath& path);
  [[nodiscard]] error_code put(const AlignmentRecord& record);
  [[nodiscard]] error_code put(const RelayLesson& lesson);
  using Texts = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] error_code put_fact(std::int64_t kind, const std::string& about_whom, Time at,
                                    const Texts& texts);
  Result<std::vector<std::pair<Time, Texts>>> facts(std::int64_t kind);
  [[nodiscard]] error_code drop(const DropPath& path);
  // is_whole, where given: the private part could be opened.
  [[nodiscard]] StoredMessage message_in(const Statement& row, bool* is_whole = nullptr);
  void set_body(StoredMessage& message, std::int64_t number) const;
  [[nodiscard]] StoredEvent event_in(const Statement& row);
  [[nodiscard]] std::string who(std::string_view account, std::string_view user) const;
  [[nodiscard]] std::string open_or_nothing(std::string_view sealed, std::string_view about) const;
  Result<std::vector<StoredEvent>> events_in(Statement& rows);
  Result<std::vector<DueMessage>> due_in(Statement& rows);
  Result<std::vector<DueMessage>> due_of_all(Time now, std::size_t limit);
  Result<std::vector<StoredMessage>> list_unsettled(const ListFilter& filter);
  error_code put_clear_part(const StoredMessage& message);
  error_code prune_bodies(const Store::Limits& limits, Time now, std::vector<std::string>& gone);
  error_code prune_history(Time before, std::vector<std::string>& gone);

  Database& database_;
  std::shared_ptr<const Sealer> sealer_;
  Copies copies_;
  std::int64_t requests_seen_at_ = -1;  // data_version when no request was open
};

}  // namespace todoku::store
