// SPDX-License-Identifier: Apache-2.0
// What the checks before sending know from earlier mail. Whom somebody writes to is sealed.
#include "proxy/store/packing.hpp"
#include "proxy/store/tables.hpp"

#include <algorithm>
#include <utility>

namespace todoku::store {

namespace {

constexpr const char* about_correspondent = "correspondent";
constexpr const char* about_size = "size";

}  // namespace

error_code Tables::note(const NoteCorrespondents& written) {
  for (const auto& address : written.addresses) {
    if (const auto failed = note(written, address)) return failed;
  }
  return {};
}

// Sealing costs more than the rest: only where the address is not there yet.
error_code Tables::note(const NoteCorrespondents& written, std::string_view address) {
  const auto key = sealer_->fingerprint(address);
  const std::int64_t more = written.at_least == 0 ? 1 : 0;
  auto known = database_.prepare(
      "UPDATE correspondents SET times=max(times+?, ?), last=? WHERE account=? AND address=? AND "
      "private<>x''");
  known.number(more).number(written.at_least);
  known.moment(written.at).text(written.account).blob(key);
  if (const auto failed = known.run()) return failed;
  if (database_.changed_rows() > 0) return {};
  const auto sealed = sealer_->seal(address, about_correspondent);
  return database_
      .prepare(
          "INSERT INTO correspondents(account, address, times, last, private) VALUES(?,?,?,?,?) "
          "ON CONFLICT(account, address) DO UPDATE SET times=times+1, last=excluded.last, "
          "private=excluded.private")
      .text(written.account)
      .blob(key)
      .number(std::max<std::int64_t>(1, written.at_least))
      .moment(written.at)
      .blob(sealed)
      .run();
}

Result<std::uint64_t> Tables::times_written_to(std::string_view account, std::string_view address) {
  const auto key = sealer_->fingerprint(address);
  auto row = database_.prepare("SELECT times FROM correspondents WHERE account=? AND address=?");
  row.text(account).blob(key);
  if (row.step()) return static_cast<std::uint64_t>(row.number_at(0));
  if (row.failed()) return row.failed();
  return std::uint64_t{0};
}

error_code Tables::put(const SentTally& tally) {
  return database_
      .prepare("INSERT OR REPLACE INTO tallies(account, at, messages, recipients) VALUES(?,?,?,?)")
      .text(tally.account)
      .moment(tally.begin)
      .number(tally.messages)
      .number(tally.recipients)
      .run();
}

error_code Tables::put(const LearnedSize& size) {
  const auto name = sealer_->fingerprint("size " + size.domain);
  Packer packer;
  packer.text(size.domain);
  packer.number(size.bytes);
  packer.number(static_cast<std::uint64_t>(size.at.time_since_epoch().count()));
  const auto sealed = sealer_->seal(packer.take(), about_size);
  return database_.prepare("INSERT OR REPLACE INTO size_limits(name, private) VALUES(?,?)")
      .blob(name)
      .blob(sealed)
      .run();
}

Result<SentHistory> Tables::sent_history(std::size_t most, Time tallies_since) {
  SentHistory history;
  if (const auto failed = correspondents_in(history, most)) return failed;
  if (const auto failed = tallies_in(history, tallies_since)) return failed;
  if (const auto failed = sizes_in(history)) return failed;
  return history;
}

error_code Tables::correspondents_in(SentHistory& history, std::size_t most) {
  auto rows = database_.prepare(
      "SELECT account, times, last, private FROM correspondents WHERE private<>x'' ORDER BY last "
      "DESC LIMIT ?");
  rows.number(static_cast<std::int64_t>(most));
  while (rows.step()) {
    StoredCorrespondent one;
    one.account = rows.bytes_at(0);
    one.times = static_cast<std::uint32_t>(rows.number_at(1));
    one.last = rows.moment_at(2);
    one.address = open_or_nothing(rows.bytes_at(3), about_correspondent);
    if (!one.address.empty()) history.correspondents.push_back(std::move(one));
  }
  return rows.failed();
}

error_code Tables::tallies_in(SentHistory& history, Time since) {
  auto rows = database_.prepare(
      "SELECT account, at, messages, recipients FROM tallies WHERE at>=? ORDER BY at");
  rows.moment(since);
  while (rows.step()) {
    SentTally one;
    one.account = rows.bytes_at(0);
    one.begin = rows.moment_at(1);
    one.messages = static_cast<std::uint32_t>(rows.number_at(2));
    one.recipients = static_cast<std::uint32_t>(rows.number_at(3));
    history.tallies.push_back(std::move(one));
  }
  return rows.failed();
}

error_code Tables::sizes_in(SentHistory& history) {
  auto rows = database_.prepare("SELECT private FROM size_limits");
  while (rows.step()) {
    const auto bytes = open_or_nothing(rows.bytes_at(0), about_size);
    Unpacker unpacker(bytes);
    LearnedSize one;
    one.domain = unpacker.text();
    one.bytes = unpacker.number();
    one.at = Time(std::chrono::milliseconds(static_cast<std::int64_t>(unpacker.number())));
    if (!unpacker.is_damaged() && !one.domain.empty()) history.sizes.push_back(std::move(one));
  }
  return rows.failed();
}

}  // namespace todoku::store
