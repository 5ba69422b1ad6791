// SPDX-License-Identifier: Apache-2.0
#pragma once

// One notice of each outcome, with everything hostile that may stand in one.
#include "proxy/delivery/notice_mail.hpp"

namespace todoku::tests {

inline delivery::NoticeFacts notice_facts() {
  using Outcome = delivery::NoticeRecipient::Outcome;
  delivery::NoticeFacts facts;
  facts.id = "0NOTICE12345";
  facts.host_name = "localhost";
  facts.from_name = "Todoku (お知らせ)";
  facts.address = "me@example.test";
  facts.subject = "届けられませんでした (今できることをご覧ください)\r\nBcc: x@y.test";
  facts.title = "題";
  facts.what_happened = "何が起きたか。";
  facts.what_to_do = "今できること。";
  facts.words_label = "サーバーの返事:";
  facts.recipients.push_back(
      {"a@b.test", Outcome::failed, "届きません。", {550, "5.1.1", "No such\nuser 不明"}, ""});
  facts.recipients.push_back({"c@d.test", Outcome::unknown, "", {}, ""});
  facts.recipients.push_back({"e@f.test", Outcome::delayed, "", {451, "", "later"}, ""});
  facts.recipients.push_back({"日本@例.test", Outcome::failed, "", {}, "4.4.7"});
  facts.original_message_id = "<1@example.test>";
  facts.original_header =
      "From: me@example.test\r\nBcc: secret@b.test,\r\n\tother@b.test\r\n"
      "Subject: =?UTF-8?B?5Lu2?=\r\nX-Long: " +
      std::string(3000, 'x') + "\nX-Eight: 日本\r\n--=_todoku_0NOTICE12345\r\n\r\nbody\r\n";
  facts.arrived = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
  facts.now = facts.arrived + std::chrono::hours(1);
  facts.retry_until = facts.arrived + std::chrono::hours(72);
  return facts;
}

}  // namespace todoku::tests
