// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the words of a mail server tell of the dialogue: which command was refused, and by whom.
// Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::report {

// "CONNECT","EHLO","STARTTLS","AUTH","MAIL","RCPT","DATA","EOM"; empty = the text names none.
[[nodiscard]] std::string_view command_named(std::string_view text);

// The command on a line that the server said: "RCPT To:<a@b>" gives "RCPT".
[[nodiscard]] std::string_view command_of_line(std::string_view line);

struct Peer {
  std::string host;  // "mx.example.jp"; may be empty
  std::string ip;    // "192.0.2.1", "2001:db8::1"; may be empty
};

// "host mx.example.jp[192.0.2.1] said", "connect to ...", "While talking to mx.example.jp.:".
[[nodiscard]] Peer peer_named(std::string_view text);

// A Remote-MTA field: "dns; mx.example.jp (192.0.2.1, the server for ...)".
[[nodiscard]] Peer peer_in_field(std::string_view value);

}  // namespace todoku::report
