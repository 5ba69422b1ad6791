// SPDX-License-Identifier: Apache-2.0
#pragma once

// The mail by which Todoku tells a sender that a message was returned or waits for long: a report
// of three parts (RFC 3464, 6522; 6533 for addresses beyond ASCII): for people, for programs, and
// the header of the message it is about. 7 bits, unless the sender's own address needs UTF-8. Pure.
#include "proxy/smtp/reply.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace todoku::delivery {

struct NoticeRecipient {
  enum class Outcome : std::uint8_t {
    failed,   // refused, or given up
    delayed,  // still waiting; will be tried again
    unknown,  // perhaps delivered; not tried again
  };
  std::string address;
  Outcome outcome = Outcome::failed;
  std::string sentence;  // for people, in their language; may be empty
  smtp::Reply reply;     // the relay's own words; code 0 = none came
  std::string status;    // used when the reply has none, "4.4.7"; empty = from the outcome
};

struct NoticeFacts {
  std::string id;         // of this mail; new, and not to be guessed
  std::string host_name;  // who reports: Todoku's own name
  std::string from_name;  // display name, "Todoku"
  std::string address;    // the sender: gets this mail, and it goes out in the sender's name
  std::string subject;    // in the sender's language, like the three texts
  std::string title;
  std::string what_happened;
  std::string what_to_do;
  std::string words_label;  // stands before the relay's own words
  std::vector<NoticeRecipient> recipients;
  std::string original_message_id;  // "<...>"; empty = none
  std::string original_header;      // of which the first 16 KB go along, without Bcc
  std::chrono::system_clock::time_point arrived;
  std::chrono::system_clock::time_point now;
  std::chrono::system_clock::time_point retry_until;  // for delayed ones
};

struct NoticeMail {
  std::string bytes;  // the whole mail, CRLF
  bool needs_smtputf8 = false;
};

[[nodiscard]] NoticeMail notice_mail(const NoticeFacts& facts);

}  // namespace todoku::delivery
