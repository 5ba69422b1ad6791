// SPDX-License-Identifier: Apache-2.0
#pragma once

// Why a message did not arrive: the list of causes and what is true of each. Values only, floor 0,
// any thread. Codes, no sentences: classifier/explain puts them into words.
#include <optional>
#include <span>
#include <string_view>

namespace todoku {

enum class Cause {
  user_unknown,          // no such mailbox, or the receiver says so
  host_unknown,          // the domain does not exist or has no mail host
  moved,                 // the mailbox has moved and nothing is forwarded
  suspended,             // the mailbox exists, but is disabled or unpaid
  mailbox_full,          // the recipient's quota is used up
  message_too_big,       // a size limit
  recipient_filter,      // the recipient's own filter, or a refusal after DATA that hides more
  sender_rejected,       // this envelope sender or its domain is refused
  blocklisted,           // the sending server is on a list
  bad_reputation,        // poor reputation, no list named
  auth_failure,          // SPF, DKIM, DMARC
  missing_ptr,           // no or wrong reverse DNS of the sending server
  rate_limited,          // too many messages in a period
  too_many_connections,  // too many at once, or recipients in one session
  greylisted,            // refused for now because first seen
  spam_content,          // the content was judged to be spam
  virus,                 // malicious code was found
  attachment_refused,    // this type of attachment is not taken
  content_error,         // headers or structure refused
  not_compliant_rfc,     // breaks RFC 5322
  bare_lf,               // bare LF line ends refused
  policy,                // a local policy, stated or not
  security,              // a security reason that is none of the above
  login_failed,          // SMTP authentication required or failed
  relay_denied,          // does not relay for this sender or recipient
  recipient_host_refuses_mail,  // the host accepts no mail at all (null MX, 521, 556)
  network_error,                // DNS lookup, route, connection
  mail_loop,                    // too many hops
  expired,                      // gave up, or still trying, after hours or days
  starttls_failed,              // TLS required or failed between the servers
  system_error,                 // trouble inside a mail server
  system_full,                  // the server's disk or queue
  mailer_error,                 // a delivery program at the receiver failed
  syntax_error,                 // the SMTP dialogue went wrong
  suppressed,                   // the sending service did not try
  unclear,                      // the report says only that it failed
  undefined,                    // no known pattern
  delivered,                    // positive report
  auto_reply,                   // vacation or acknowledgement
  complaint,                    // feedback loop
};

enum class WhoActs {
  sender,
  sender_provider,
  recipient,
  recipient_provider,
  nobody
};

// Where on its way a message was stopped, as people are told it.
enum class Stage {
  none = 0,           // nothing was stopped, or nobody knows
  to_our_server = 1,  // the user's PC -> the user's server
  to_their_server,    // the user's server -> the recipient's server
  to_their_pc,        // the recipient's server -> the recipient's mailbox or PC
  in_their_pc,        // inside the recipient's PC
};

struct CauseFacts {
  Cause cause;
  std::string_view name;  // "user-unknown"
  bool hard;              // the address itself is dead: never send there again
  WhoActs who_acts;
  Stage stage;             // the usual one; evidence may say otherwise
  bool another_path;       // another sending server may cure it
  std::string_view words;  // reason words of the Sisimai library, commas between, for interchange
};

// Every cause once, in the order of the enumeration.
std::span<const CauseFacts> all_causes();
const CauseFacts& facts_of(Cause cause);

std::string_view to_string(Cause cause);    // "user-unknown"
std::string_view to_string(WhoActs whose);  // "sender-provider"
std::optional<Cause> cause_from_string(std::string_view name);

}  // namespace todoku
