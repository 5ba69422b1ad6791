// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which mail client is at the other end, before a message's header has come: from what it said in
// the session, and from what its earlier headers told. A guess decides only whether a refusal may
// be spoken at MAIL and RCPT; what is let through is decided by the header. Kept over restarts in
// a small file. Owned by the gate. I/O thread; learning something new writes the file (rarely).
#include "proxy/checks/answer.hpp"
#include "proxy/smtp/envelope.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace todoku::submission {

// Thunderbird says an address literal in EHLO, and BODY and SIZE with every MAIL (its
// SmtpClient.sys.mjs, version 153; Outlook says the computer's name and neither parameter).
[[nodiscard]] bool speaks_like_thunderbird(std::string_view hello, const smtp::Envelope& envelope);
// By the User-Agent of the header.
[[nodiscard]] bool is_thunderbird(std::string_view agent);

class KnownClients {
 public:
  // Nothing is kept on disk.
  KnownClients() = default;
  // Reads what an earlier run kept; a file that cannot be read is as good as none.
  explicit KnownClients(std::filesystem::path file);

  // hello: what the client said in EHLO. Two clients of one account are told apart by it, and by
  // whether they speak like Thunderbird.
  [[nodiscard]] checks::ClientHabit habit_of(std::string_view account, std::string_view hello,
                                             const smtp::Envelope& envelope) const;
  // What the header of a message said. Where it cannot be written down, the next run guesses again.
  void learn(std::string_view account, std::string_view hello, const smtp::Envelope& envelope,
             checks::ClientHabit habit);

 private:
  [[nodiscard]] std::string text() const;

  std::filesystem::path file_;                       // empty = none
  std::map<std::string, checks::ClientHabit> seen_;  // bounded
};

}  // namespace todoku::submission
