// SPDX-License-Identifier: Apache-2.0
// When the queue writes a mail of its own, and when such a mail has lost its point.
#include "proxy/relay/notices.hpp"
#include "proxy/relay/queue.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_of_a_header = 64UL * 1024;

std::string header_of(std::string_view start) {
  const auto end = start.find("\r\n\r\n");
  if (end != std::string_view::npos) return std::string(start.substr(0, end + 2));
  return std::string(start.substr(0, start.rfind("\r\n") + 2));
}

// Some recipients have failed, and others are held: two mails, each with its own advice.
std::vector<Aftermath> told_apart(const Aftermath& aftermath) {
  Aftermath failed;
  failed.failed = aftermath.failed;
  failed.reason = aftermath.reason;
  failed.relay = aftermath.relay;
  if (!aftermath.withheld) return {failed};
  Aftermath held;
  held.withheld = aftermath.withheld;
  held.relay = aftermath.relay;
  if (aftermath.failed.empty()) return {held};
  return {failed, held};
}

bool tells_of_delay(const Aftermath& aftermath) {
  return std::ranges::any_of(aftermath.changes, [](const store::Change& change) {
    const auto* added = std::get_if<store::AddEvent>(&change);
    return added != nullptr && added->event.kind == store::EventKind::delayed;
  });
}

}  // namespace

// A mail about a delay helps only while the server takes mail at all, and without the log-in that
// the message waits for.
bool Queue::wants_notice(const store::StoredMessage& record, const Aftermath& aftermath) {
  if (!around_.settings.delivery.notice_mail || record.is_notice) return false;
  if (record.envelope.sender.empty()) return false;  // RFC 5321 6.1: no report about a report
  if (!aftermath.failed.empty() || aftermath.withheld) return true;
  if (record.waits_for == store::WaitsFor::login) return false;
  const auto* account = account_named(record.account);
  return tells_of_delay(aftermath) && account != nullptr && !lane_of(*account).health.is_down();
}

const settings::Account* Queue::account_named(std::string_view name) const {
  const auto& accounts = around_.settings.accounts;
  const auto found =
      std::ranges::find_if(accounts, [name](const auto& account) { return account.name == name; });
  return found == accounts.end() ? nullptr : &*found;
}

asio::awaitable<void> Queue::add_notice(const store::StoredMessage& record, Aftermath& aftermath) {
  if (!wants_notice(record, aftermath)) co_return;
  std::string header;
  const auto body = co_await body_of(record);
  if (body) {
    const auto start = co_await body->read(0, most_of_a_header);
    if (start.has_value()) header = header_of(start->bytes);
  }
  const auto* account = account_named(record.account);
  if (aftermath.relay.empty() && account != nullptr) aftermath.relay = name_of(account->upstream);
  for (const auto& part : told_apart(aftermath)) {
    auto id = notice_ids_.next(now(), static_cast<std::uint32_t>(chance_()));
    auto notice =
        notice_about(record, part, header, around_.settings, keeping_.say, now(), std::move(id));
    aftermath.changes.push_back(store::PutBody{notice.record.id, std::move(notice.bytes)});
    aftermath.changes.push_back(store::PutMessage{std::move(notice.record)});
  }
}

// A mail that says "it still waits" would only confuse when the message has gone by now.
asio::awaitable<bool> Queue::is_moot(const store::StoredMessage& notice) {
  if (!notice.is_notice || !notice.is_about_delay) co_return false;
  const auto about = co_await keeping_.store.load(notice.notice_about);
  co_return about.has_value() && *about&& delivery::is_settled((*about)->state);
}

}  // namespace todoku::relay
