// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of a message (RFC 2045, 2046) that is held in memory, in the order in which they come.
// Bounded in depth, parts and decoded octets, without recursion; tolerant of wrong boundaries,
// misspelt types and encoded inner messages; never throws for any input. Pure.
#include "classifier/mail/header.hpp"
#include "classifier/mail/transfer_encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::mail {

enum class PartType : std::uint8_t {
  plain_text,                // text/plain, and where no type is given
  html,                      // text/html
  multipart,                 // has parts
  message,                   // message/rfc822 and its kin: the one part below it is the message
  headers,                   // text/rfc822-headers and its misspellings
  delivery_status,           // RFC 3464, RFC 6533
  feedback_report,           // RFC 5965
  disposition_notification,  // RFC 8098
  other,
};

struct Part {
  static constexpr std::size_t no_parent = static_cast<std::size_t>(-1);

  PartType type = PartType::plain_text;
  TransferEncoding encoding = TransferEncoding::none;
  std::size_t parent = no_parent;  // index in Message::parts
  std::size_t depth = 0;           // 0 = the message itself
  Header header;
  std::string_view body;  // as it came
};

struct MimeLimits {
  std::size_t depth = 16;                     // deeper parts are not looked into
  std::size_t parts = 200;                    // what comes later is left out
  std::size_t decoded = 1024 * 1024;          // octets of one decoded part
  std::size_t all_decoded = 4 * 1024 * 1024;  // of the inner messages that had to be decoded
};

struct Message {
  std::vector<Part> parts;        // at least one; parts[0] is the message itself
  std::deque<std::string> inner;  // decoded inner messages, into which views point
  bool is_cut = false;            // a limit was met
};

// mail: line ends are "\n" (with_line_feeds); it must live as long as the result.
[[nodiscard]] Message read_message(std::string_view mail, const MimeLimits& limits = {});

// The part's octets without the transfer encoding; without a copy where there is none. Line ends
// are "\n". storage must live as long as the result.
[[nodiscard]] std::string_view decoded_body(const Part& part, std::string& storage,
                                            std::size_t max_size = MimeLimits{}.decoded);

// The same, as UTF-8.
[[nodiscard]] std::string_view text_of(const Part& part, std::string& storage,
                                       std::size_t max_size = MimeLimits{}.decoded);

}  // namespace todoku::mail
