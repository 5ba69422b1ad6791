// SPDX-License-Identifier: Apache-2.0
#pragma once

// The server side of a SASL exchange (RFC 4954 4, 4616, 7628, [MS-XLOGIN], XOAUTH2): the client's
// lines in, credentials or a refusal out. Whether they are right is for the room to find out.
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::smtp {

// Strict (RFC 4648 4, 3.3): padding required, nothing foreign, no stray bits at the end.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
[[nodiscard]] std::string encode_base64(std::string_view bytes);

[[nodiscard]] std::optional<Mechanism> mechanism_of(std::string_view name);

class LoginExchange {
 public:
  enum class Outcome : std::uint8_t {
    challenge,  // send challenge() after "334 " and give the next line to respond()
    complete,   // credentials() are there
    refused,    // send refusal()
  };

  Outcome begin(Mechanism mechanism, std::optional<std::string_view> initial_response);
  Outcome respond(std::string_view line);

  [[nodiscard]] std::string_view challenge() const { return challenge_; }
  [[nodiscard]] const Reply& refusal() const { return refusal_; }
  [[nodiscard]] Credentials& credentials() { return credentials_; }

 private:
  Outcome take(std::string_view base64);
  Outcome take_decoded(std::string bytes);
  Outcome take_plain(std::string_view message);
  Outcome take_login(std::string_view value);
  Outcome take_xoauth2(std::string_view message);
  Outcome take_oauthbearer(std::string_view message);
  Outcome ask(std::string_view challenge);
  Outcome refuse(int code, const char* status, const char* text);

  Credentials credentials_;
  std::string_view challenge_;
  Reply refusal_;
  bool has_user_ = false;  // LOGIN: the first answer is there
};

}  // namespace todoku::smtp
