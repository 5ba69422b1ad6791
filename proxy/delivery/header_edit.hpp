// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only edits that a message gets on its way (ARCHITECTURE: bytes are sacred): a Received line
// in front; Date and Message-ID when missing (RFC 6409 8); a Bcc header removed. Signed mail gets
// Received only. Pure: the time is an argument.
#include "classifier/mail/header_scanner.hpp"

#include <chrono>
#include <string>

namespace todoku::delivery {

struct TraceFacts {
  std::string message_id;      // ours, not the header's
  std::string host_name;       // our own name, "localhost"
  std::string client_address;  // the client's IP address
  bool with_tls = false;
  bool logged_in = false;
  std::string sender;  // its domain is used for a Message-ID that is missing
  std::chrono::system_clock::time_point now;
};

struct EditedHeader {
  std::string bytes;  // the whole header section as it goes out
  bool added_date = false;
  bool added_message_id = false;
  bool removed_bcc = false;
};

// The Received field, folded, with its last CRLF (RFC 5321 4.4, protocol names of RFC 3848). It
// names no recipient, so that a Bcc stays secret, and no host name of the user's PC.
[[nodiscard]] std::string received_field(const TraceFacts& facts);
[[nodiscard]] EditedHeader edit_header(const mail::HeaderScanner& header, const TraceFacts& facts);

// "Tue, 24 Nov 2026 18:19:09 +0000" (RFC 5322 3.3).
[[nodiscard]] std::string mail_date(std::chrono::system_clock::time_point time);

}  // namespace todoku::delivery
