// SPDX-License-Identifier: Apache-2.0
// Which relays there are, and whether they take mail.
#include "proxy/store/tables.hpp"

#include <chrono>
#include <utility>

namespace todoku::store {

namespace {

constexpr const char* about = "relay";

}  // namespace

error_code Tables::set(const SetRelays& all) {
  if (const auto failed = database_.prepare("DELETE FROM relays").run()) return failed;
  std::int64_t place = 0;
  for (const auto& relay : all.relays) {
    const auto sealed = sealer_->seal(relay.trouble, about);
    // Two accounts may share a server: that is one relay.
    const auto failed = database_
                            .prepare(
                                "INSERT OR IGNORE INTO relays(name, place, fallback, state, since, "
                                "private) VALUES(?,?,?,?,?,?)")
                            .text(relay.name)
                            .number(place++)
                            .text(relay.fallback)
                            .number(static_cast<std::int64_t>(relay.state))
                            .moment(relay.since)
                            .blob(sealed)
                            .run();
    if (failed) return failed;
  }
  return {};
}

error_code Tables::put(const StoredRelay& relay) {
  const auto sealed = sealer_->seal(relay.trouble, about);
  return database_.prepare("UPDATE relays SET state=?, since=?, private=? WHERE name=?")
      .number(static_cast<std::int64_t>(relay.state))
      .moment(relay.since)
      .blob(sealed)
      .text(relay.name)
      .run();
}

Result<std::vector<StoredRelay>> Tables::relays() {
  auto rows =
      database_.prepare("SELECT name, fallback, state, since, private FROM relays ORDER BY place");
  std::vector<StoredRelay> found;
  while (rows.step()) {
    StoredRelay relay;
    relay.name = rows.bytes_at(0);
    relay.fallback = rows.bytes_at(1);
    relay.state = static_cast<RelayState>(rows.number_at(2));
    relay.since = rows.moment_at(3);
    relay.trouble = open_or_nothing(rows.bytes_at(4), about);
    found.push_back(std::move(relay));
  }
  if (rows.failed()) return rows.failed();
  return found;
}

}  // namespace todoku::store
