// SPDX-License-Identifier: Apache-2.0
#pragma once

// What to say to log in at a relay (RFC 4954 with RFC 4616, 7628, [MS-XLOGIN], XOAUTH2): the first
// line, and the answer to each 334. Plain value, one owner; every string it returns holds a secret.
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace todoku::smtp {

// A password goes by PLAIN, else LOGIN; a token only by its own mechanism. Nothing = no common one.
[[nodiscard]] std::optional<Mechanism> choose_mechanism(const Credentials& credentials,
                                                        const Capabilities& offered);

class ClientLogin {
 public:
  // An AUTH line longer than this is sent in two steps (RFC 4954 section 4).
  static constexpr std::size_t max_line = 12'288;

  ClientLogin() = default;
  ClientLogin(const Credentials& credentials, Mechanism mechanism);

  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  // "AUTH PLAIN AGFi...\r\n"
  [[nodiscard]] std::string first_line();
  // The line that answers a 334 with this text; "*" (cancel) when there is nothing left to say.
  [[nodiscard]] std::string answer(std::string_view challenge_text);
  // The relay's error report on a refused token (RFC 7628 3.2.2), decoded and cleaned; else empty.
  [[nodiscard]] const std::string& challenge() const { return challenge_; }

 private:
  [[nodiscard]] std::string response() const;
  [[nodiscard]] bool is_token() const;
  [[nodiscard]] std::string answer_to_login_prompt();

  Mechanism mechanism_ = Mechanism::plain;
  Credentials credentials_;
  bool responded_ = false;  // the response went with the AUTH line or answered a 334
  int prompts_ = 0;
  std::string challenge_;
};

}  // namespace todoku::smtp
