// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one message offers to those who read a report out of it: its header, its text, its machine
// readable parts and the message that came back. Bounded. Pure.
#include "classifier/mail/header.hpp"
#include "classifier/mail/mime.hpp"
#include "classifier/report/sender.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::report {

struct Material {
  static constexpr std::size_t max_text =
      64 * 1024;  // of the text and of each machine readable part

  const mail::Header* header = nullptr;  // of the message itself
  std::string subject;
  Sender sender = Sender::unknown;
  std::string text;                       // for people, UTF-8
  std::vector<std::string> status_parts;  // RFC 3464, UTF-8
  std::string feedback_part;
  bool has_feedback = false;
  bool has_receipt = false;           // RFC 8098
  bool promises_status = false;       // multipart/report; report-type=delivery-status
  mail::Header original;              // of the message that came back, where it is a part
  std::deque<std::string> kept;       // texts into which original points
  std::vector<std::size_t> messages;  // parts that hold a message: indexes of the message below
};

// root: index of the part that begins the message (0, or one below a message part).
[[nodiscard]] Material gather(const mail::Message& message, std::size_t root);

}  // namespace todoku::report
