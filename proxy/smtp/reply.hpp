// SPDX-License-Identifier: Apache-2.0
#pragma once

// An SMTP reply (RFC 5321 4.2) as a value, written by our server and read by our client.
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::smtp {

struct Reply {
  int code = 0;        // 200..599; 0 = no reply
  std::string status;  // enhanced status code "5.1.1" (RFC 3463), empty where there is none
  std::string text;    // the lines joined by '\n', without code and status; cleaned of controls

  [[nodiscard]] bool is_positive() const { return code >= 200 && code < 300; }
  [[nodiscard]] bool is_intermediate() const { return code >= 300 && code < 400; }
  [[nodiscard]] bool is_temporary() const { return code >= 400 && code < 500; }
  [[nodiscard]] bool is_permanent() const { return code >= 500 && code < 600; }
  bool operator==(const Reply&) const = default;
};

// Appends the wire form: every line "code[-| ][status ]text CRLF", at most 512 bytes a line; longer
// text is folded at a space or a UTF-8 character border (RFC 5321 4.5.3.1.5).
void append_wire(std::string& out, const Reply& reply);
// "550 5.1.1 No such user" on one line, for logs and messages.
[[nodiscard]] std::string to_line(const Reply& reply);
// Peers' text made safe to show or pass on: controls, DEL and invalid UTF-8 become '?', bounded.
[[nodiscard]] std::string cleaned(std::string_view text, std::size_t max_bytes = 2000);

}  // namespace todoku::smtp
