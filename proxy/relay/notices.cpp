// SPDX-License-Identifier: Apache-2.0
// From what happened to a message to the mail that tells its sender.
#include "proxy/relay/notices.hpp"

#include "proxy/delivery/notice_mail.hpp"
#include "proxy/platform/calendar.hpp"
#include "proxy/relay/keeping.hpp"

#include <algorithm>
#include <array>

namespace todoku::relay {

using delivery::MessageState;
using delivery::NoticeRecipient;
using delivery::RecipientState;

namespace {

// Keys of config/messages, section [notice], and the status (RFC 3463) of those without a reply.
struct Kind {
  const char* subject;
  const char* title;
  const char* what;
  const char* to_do;
  const char* sentence;
  const char* status;
  NoticeRecipient::Outcome outcome;
};

constexpr Kind delayed{"delayed_subject",
                       "delayed_title",
                       "delayed_what",
                       "delayed_to_do",
                       "recipient_delayed",
                       "4.4.1",
                       NoticeRecipient::Outcome::delayed};
constexpr Kind refused{"returned_subject",
                       "returned_title",
                       "returned_refused",
                       "returned_refused_to_do",
                       "recipient_failed",
                       "5.0.0",
                       NoticeRecipient::Outcome::failed};
constexpr Kind too_old{"returned_subject",
                       "returned_title",
                       "returned_max_age",
                       "returned_max_age_to_do",
                       "recipient_failed",
                       "4.4.7",
                       NoticeRecipient::Outcome::failed};
constexpr Kind held{"returned_subject",
                    "returned_title",
                    "returned_held",
                    "returned_held_to_do",
                    "recipient_failed",
                    "5.7.0",
                    NoticeRecipient::Outcome::failed};
constexpr Kind unknown{
    "returned_unknown_subject",       "returned_unknown_title", "returned_unknown",
    "returned_unknown_to_do",         "recipient_unknown",      "4.4.2",
    NoticeRecipient::Outcome::unknown};

constexpr Kind withheld{"withheld_subject",
                        "withheld_title",
                        "withheld_what",
                        "withheld_to_do",
                        "recipient_withheld",
                        "4.7.0",
                        NoticeRecipient::Outcome::delayed};

const Kind& kind_of(const Aftermath& aftermath) {
  if (aftermath.withheld) return withheld;
  switch (aftermath.reason) {
    case Reason::none:
      break;
    case Reason::refused:
      return refused;
    case Reason::too_old:
      return too_old;
    case Reason::held_too_long:
      return held;
    case Reason::unknown_too_long:
      return unknown;
  }
  return delayed;
}

// The largest unit that is at least one: "3 days", "40 minutes".
std::string in_words(std::chrono::milliseconds length, const Say& say) {
  struct Unit {
    const char* key;
    std::chrono::seconds size;
  };
  constexpr std::array<Unit, 4> units{{{"time.days", std::chrono::days(1)},
                                       {"time.hours", std::chrono::hours(1)},
                                       {"time.minutes", std::chrono::minutes(1)},
                                       {"time.seconds", std::chrono::seconds(1)}}};
  const auto seconds = std::chrono::round<std::chrono::seconds>(length);
  const auto* unit =
      std::ranges::find_if(units, [seconds](const Unit& one) { return seconds >= one.size; });
  if (unit == units.end()) unit = &units.back();
  return say({unit->key, {{"count", std::to_string(seconds / unit->size)}}});
}

// In the user's own time zone, understood in every language.
std::string local_time(store::Time time) {
  return platform::local_time(time, "%Y-%m-%d %H:%M");
}

// Why the fallback was not used, and what would make it usable.
void add_withheld(const store::StoredMessage& message, const delivery::AlignmentRecord& record,
                  const Say& say, delivery::NamedTexts& parameters) {
  auto texts = delivery::texts_of(record);
  const auto why = rewrites_from(record) ? "relays.withheld_rewrites" : "relays.withheld";
  const auto remedy = std::string("relays.remedy_") + delivery::remedy_of(record);
  parameters.emplace_back("why", say({why, texts}));
  parameters.emplace_back("remedy", say({remedy, texts}));
  parameters.emplace_back("fallback", record.fallback);
  parameters.emplace_back("id", message.id);
  parameters.emplace_back("decide_until", local_time(message.deadline));
}

delivery::NoticeFacts facts_of(const store::StoredMessage& message, const Aftermath& aftermath,
                               const settings::Settings& settings, const Say& say,
                               store::Time now) {
  const auto& kind = kind_of(aftermath);
  const auto until = message.arrived + settings.delivery.max_age;
  std::vector<std::pair<std::string, std::string>> parameters{
      {"relay", aftermath.relay},
      {"waited", in_words(now - message.arrived, say)},
      {"sent", local_time(message.arrived)},
      {"until", local_time(until)}};
  if (aftermath.withheld) add_withheld(message, *aftermath.withheld, say, parameters);
  const auto sentence = [&](const char* key) {
    return say({std::string("notice.") + key, parameters});
  };
  delivery::NoticeFacts facts;
  facts.host_name = settings.smtp.host_name;
  facts.from_name = sentence("from_name");
  facts.address = message.envelope.sender;
  facts.subject = sentence(kind.subject);
  facts.title = sentence(kind.title);
  facts.what_happened = sentence(kind.what);
  facts.what_to_do = sentence(kind.to_do);
  facts.words_label = sentence("words_label");
  facts.original_message_id = message.message_id_header;
  facts.arrived = message.arrived;
  facts.now = now;
  facts.retry_until = until;
  const auto& told = aftermath.failed.empty() ? message.outcomes : aftermath.failed;
  for (const auto& outcome : told) {
    if (aftermath.failed.empty() && !delivery::may_try_again(outcome.state)) continue;
    facts.recipients.push_back(
        {outcome.address, kind.outcome, sentence(kind.sentence), outcome.reply, kind.status});
  }
  return facts;
}

}  // namespace

Notice notice_about(const store::StoredMessage& message, const Aftermath& aftermath,
                    const std::string& header, const settings::Settings& settings, const Say& say,
                    store::Time now, std::string id) {
  Notice notice;
  auto& record = notice.record;
  record.id = std::move(id);
  auto facts = facts_of(message, aftermath, settings, say, now);
  facts.id = record.id;
  facts.original_header = header;
  auto mail = delivery::notice_mail(facts);
  record.state = MessageState::waiting;
  record.waits_for = store::WaitsFor::time;
  record.is_notice = true;
  record.notice_about = message.id;
  record.is_about_delay = aftermath.failed.empty();
  record.has_our_250 = record.is_client_told = true;
  record.account = message.account;
  record.user = message.user;
  record.envelope.smtputf8 = mail.needs_smtputf8;
  record.envelope.recipients.push_back({message.envelope.sender, "NEVER", ""});
  record.outcomes.push_back({message.envelope.sender, RecipientState::waiting, {}});
  record.subject = facts.subject;
  record.size = mail.bytes.size();
  record.body = store::BodyPlace::database;
  record.arrived = record.changed = now;
  record.next_attempt = now + settings.delivery.notice_mail_after;
  record.deadline = now + settings.delivery.max_age;
  notice.bytes = std::move(mail.bytes);
  return notice;
}

void try_again_with_own_sender(store::StoredMessage& notice, Aftermath& aftermath,
                               store::Time now) {
  const bool is_refused = notice.state == MessageState::returned;
  if (!is_refused || !notice.envelope.sender.empty() || notice.outcomes.empty()) return;
  notice.envelope.sender = notice.outcomes.front().address;
  notice.outcomes.front() = {notice.envelope.sender, RecipientState::waiting, {}};
  notice.state = MessageState::waiting;
  notice.waits_for = store::WaitsFor::time;
  notice.next_attempt = now;
  aftermath.failed.clear();
  aftermath.changes.push_back(store::PutMessage{notice});
}

}  // namespace todoku::relay
