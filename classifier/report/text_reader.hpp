// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the text that a mail server writes for people: who did not get the mail, and why. One
// reader for all formats; what differs is data (phrasebook) and the shapes of lines
// (recipient_line, transcript). One pass over the lines, bounded. Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::report {

struct TextRecipient {
  std::string address;
  std::string alias;    // what the user wrote, where the server names both
  std::string reason;   // lines joined by blanks; may be empty
  std::string command;  // as RecipientReport::command
  std::string host;
};

struct TextReport {
  std::vector<TextRecipient> recipients;
  std::string general_reason;  // said of all, or of nobody by name
  std::string_view system;     // the format; empty = not known
  bool is_report = false;      // only a mail server writes so
  bool warns = false;
  bool gave_up = false;
  bool succeeded = false;
  std::size_t end = 0;     // where the report ends and the user's own message begins
  std::size_t behind = 0;  // where its text begins, behind the ruler
  std::size_t quoted = 0;  // lines that begin with "> "
};

// text: UTF-8. from_system: the sender is a mail server, so weak signs count as well.
[[nodiscard]] TextReport read_text(std::string_view text, bool from_system);

}  // namespace todoku::report
