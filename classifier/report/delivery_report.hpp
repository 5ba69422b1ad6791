// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a returned message says, whatever its format: RFC 3464 reports, RFC 5965 feedback, RFC 8098
// receipts, RFC 3834 automatic replies and the free-text bounces of mail servers.
// All texts are UTF-8, unfolded and bounded. Pure, never throws, any thread.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::report {

enum class Kind : std::uint8_t {
  bounce,        // a final failure
  delayed,       // a warning: the server still tries
  delivered,     // delivered, relayed or expanded
  auto_reply,    // vacation notes and acknowledgements
  feedback,      // a complaint or authentication report (RFC 5965, RFC 6591)
  not_a_bounce,  // ordinary mail, read receipts, forwarded mail
};

// "bounce", "delayed", "delivered", "auto-reply", "feedback", "not-a-bounce".
[[nodiscard]] std::string_view to_string(Kind kind);

// Why a message is of its kind; put into words by explain.
enum class KindReason : std::uint8_t {
  delivery_status_part,  // it has an RFC 3464 part
  free_text,             // the text is one that mail servers write
  service_notice,        // a sending service tells of a bounce in its own way (JSON)
  feedback_part,         // it has an RFC 5965 part
  complaint_notice,      // a provider's older form of complaint
  automatic_header,      // RFC 3834 and its private forerunners
  automatic_subject,     // "Out of office", 不在, 自動応答
  read_receipt,          // RFC 8098
  forwarded_by_person,   // a person sends on a bounce; see DeliveryReport::forwarded
  ordinary,              // nothing of a report was found
  empty,                 // there are no bytes
};

// "delivery-status-part", ...: a code for messages and JSON.
[[nodiscard]] std::string_view to_string(KindReason reason);

struct RecipientReport {
  std::string address;        // the one that the user typed, decoded; may be empty
  std::string final_address;  // Final-Recipient or the alias behind it, where it differs
  std::string action;         // lower case, as reported; may be empty
  std::string status;         // the best enhanced status (RFC 3463), "5.1.1"; empty = none
  std::string reply_code;     // the SMTP reply (RFC 5321), "550"; empty = none
  std::string diagnostic;     // the decisive text
  std::string remote_host;    // the server that said it; may be empty
  std::string remote_ip;
  std::string
      command;  // "CONNECT","EHLO","STARTTLS","AUTH","MAIL","RCPT","DATA","EOM"; empty = unknown
};

// The message that came back, as far as the report shows it.
struct Original {
  std::string message_id;  // without <>
  std::string subject, from, to;
  std::string date;         // as written
  std::string envelope_id;  // ENVID (RFC 3461), decoded
};

struct DeliveryReport {
  Kind kind = Kind::not_a_bounce;
  KindReason kind_reason = KindReason::ordinary;
  std::vector<RecipientReport> recipients;
  Original original;
  std::string reporting_host;  // who wrote the report
  std::string
      system;        // the format that was read: "postfix", "qmail", "gmail", ...; empty = unknown
  std::string text;  // what the report says to a person
  // not_a_bounce, forwarded_by_person: the reports inside, one at most. A vector because it is its
  // own type.
  std::vector<DeliveryReport> forwarded;
};

// mail: the bytes of one message; CRLF, LF or CR line ends; an mbox "From " line in front is
// skipped. Two messages in one file: the recipients of both.
[[nodiscard]] DeliveryReport read(std::string_view mail);

}  // namespace todoku::report
