// SPDX-License-Identifier: Apache-2.0
// TEMPORARY body.
#include "proxy/relay/notices.hpp"

#include "proxy/delivery/message_id.hpp"
#include "proxy/relay/keeping.hpp"

namespace todoku::relay {

using delivery::MessageState;
using delivery::RecipientState;

NoticeMail notice_about(const store::StoredMessage& message, const Aftermath& aftermath,
                        const std::string& header, const settings::Settings& settings,
                        const Say& say, store::Time now, std::uint32_t chance) {
  (void)say;
  NoticeMail notice;
  auto& record = notice.record;
  record.id = delivery::make_message_id(now, chance);
  record.is_notice = true;
  record.notice_about = message.id;
  record.is_about_delay = aftermath.failed.empty();
  record.state = MessageState::waiting;
  record.waits_for = store::WaitsFor::time;
  record.has_our_250 = record.is_client_told = true;
  record.account = message.account;
  record.user = message.user;
  record.envelope.recipients.push_back({message.envelope.sender, "", ""});
  record.outcomes.push_back({message.envelope.sender, RecipientState::waiting, {}});
  record.arrived = record.changed = now;
  record.next_attempt = now + settings.delivery.notice_mail_after;
  record.deadline = now + settings.delivery.max_age;
  record.body = store::BodyPlace::database;
  notice.bytes = "From: <" + message.envelope.sender +
                 ">\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/report\r\n\r\n";
  for (const auto& one : aftermath.failed)
    notice.bytes += one.address + ": " + smtp::to_line(one.reply) + "\r\n";
  notice.bytes += header;
  record.size = notice.bytes.size();
  return notice;
}

void try_again_with_own_sender(store::StoredMessage& notice, Aftermath& aftermath,
                               store::Time now) {
  const bool is_refused = notice.state == MessageState::returned;
  if (!is_refused || !notice.envelope.sender.empty() || notice.outcomes.empty()) return;
  notice.envelope.sender = notice.outcomes.front().address;
  notice.outcomes.front() = {notice.outcomes.front().address, RecipientState::waiting, {}};
  notice.state = MessageState::waiting;
  notice.waits_for = store::WaitsFor::time;
  notice.next_attempt = now;
  aftermath.failed.clear();
  aftermath.changes.push_back(store::PutMessage{notice});
}

}  // namespace todoku::relay
