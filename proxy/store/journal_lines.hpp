// SPDX-License-Identifier: Apache-2.0
#pragma once

// The lines of the journal as text, pure. Each: what, id, [repeat key, time,] checksum, newline:
//   leaving ID KEY(32 hex) MILLISECONDS CHECK    the end is about to be sent
//   sent ID CHECK, refused ID CHECK, told ID CHECK
// CHECK is the FNV-1a digest (64 bits, 16 hex) of what stands before it: it finds torn lines and
// garbage, not malice.
#include "proxy/store/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

// What an earlier run left: the end was on its way, and then?
struct JournalLeft {
  std::string id;
  RepeatKey key{};
  Time at{};
  bool was_sent = false;  // the relay had said 2xx
  bool was_told = false;  // and the client was told so
};

// Usable in a line: 1 to 100 printable characters without a space.
[[nodiscard]] bool is_journal_id(std::string_view id);
[[nodiscard]] std::string leaving_line(std::string_view id, const RepeatKey& key, Time now);
[[nodiscard]] std::string settled_line(std::string_view id, bool is_sent);
[[nodiscard]] std::string told_line(std::string_view id);

// In order of leaving; refused ones are not among them. Any line that is not whole is passed over.
[[nodiscard]] std::vector<JournalLeft> read_journal(std::string_view text);

}  // namespace todoku::store
