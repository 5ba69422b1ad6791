// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sentences by which mail servers tell of a failure, as data: what each one announces. A new
// free-text format is mostly a few rows here. Pure, any thread.
#include <cstdint>
#include <string_view>

namespace todoku::report {

// What a sentence announces; several may be joined.
enum Meaning : std::uint16_t {
  opens = 1,               // only a mail server writes so: the text is a report
  recipients_follow = 2,   // the next lines are addresses
  recipient_here = 4,      // an address stands in the same line
  reason_follows = 8,      // the next lines say why
  reason_here = 16,        // the line itself, or what follows in it, says why
  original_follows = 32,   // the rest is the user's own message
  fields_follow = 64,      // a summary of the user's message: To:, Subject:, Sent:
  warns = 128,             // the server still tries
  gave_up = 256,           // final, whatever was said of delays
  reason_ends = 512,       // advice, adverts and signatures follow
  succeeded = 1024,        // delivered or relayed
  command_follows = 4096,  // the next line is the SMTP command that was refused
  needs_system = 2048,     // counts only when a mail server is the sender
};

struct Phrase {
  std::string_view begins;  // lower case: how the sentence begins
  std::uint16_t means = 0;
  std::string_view system;  // the format that it belongs to; empty = several
};

// The longest phrase with which the sentence begins, whatever its case; nullptr when none does.
// sentence: without blanks and rulers in front.
[[nodiscard]] const Phrase* find_phrase(std::string_view sentence);

}  // namespace todoku::report
