// SPDX-License-Identifier: Apache-2.0
#pragma once

// Server URLs with the IANA service names: submission://user@host:587 and kin. user@ may be given,
// a password never. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace todoku::settings {

enum class Scheme : std::uint8_t {
  submission,
  submissions,
  smtp,
  imaps,
  imap,
  pop3s,
  pop3,
  maildir
};

struct ServerUrl {
  Scheme scheme = Scheme::submission;
  std::string user;  // empty = none
  std::string host;  // name or address literal without brackets; empty for maildir
  std::uint16_t port = 0;
  std::string path;  // maildir only
  bool operator==(const ServerUrl&) const = default;
};

enum class UrlUse : std::uint8_t {
  listen,
  relay,
  mailbox
};

// The URL, or one sentence (English) that says what is wrong and what would be right. Clear-text
// smtp:// is allowed only to loopback, and listening only on loopback unless gateway; both are
// checked by the caller with is_loopback.
std::variant<ServerUrl, std::string> parse_url(std::string_view text, UrlUse use);
std::string to_string(const ServerUrl& url);
// localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

}  // namespace todoku::settings
