// SPDX-License-Identifier: Apache-2.0
// SASL messages of the four mechanisms. No text of ours ever repeats what the client typed.
#include "proxy/smtp/login.hpp"

#include "proxy/smtp/words.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace todoku::smtp {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Thunderbird compares these literally; "Username:" and "Password:".
constexpr std::string_view username_prompt = "VXNlcm5hbWU6";
constexpr std::string_view password_prompt = "UGFzc3dvcmQ6";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}

constexpr std::array<std::int8_t, 256> values_of = make_values();

int value_of(char c) {
  return values_of[static_cast<unsigned char>(c)];
}

// RFC 5801 4: a saslname writes ',' as =2C and '=' as =3D.
std::optional<std::string> decode_sasl_name(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (text.front() != '=') {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    const bool is_comma = equals_upper(text.substr(0, 3), "=2C");
    if (!is_comma && !equals_upper(text.substr(0, 3), "=3D")) return std::nullopt;
    result += is_comma ? ',' : '=';
    text.remove_prefix(3);
  }
  return result;
}

// The value of "key=" among fields ended by ^A; nothing when absent.
std::optional<std::string_view> field(std::string_view fields, std::string_view key) {
  while (!fields.empty()) {
    const std::size_t end = fields.find('\x01');
    const std::string_view one = fields.substr(0, end);
    if (one.substr(0, key.size()) == key) return one.substr(key.size());
    if (end == std::string_view::npos) return std::nullopt;
    fields.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> bearer_token(std::string_view fields) {
  const auto value = field(fields, "auth=");
  constexpr std::string_view scheme = "BEARER ";
  if (!value || !equals_upper(value->substr(0, scheme.size()), scheme)) return std::nullopt;
  std::string_view token = value->substr(scheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  text.remove_suffix(padding);
  std::string result;
  result.reserve(text.size() / 4 * 3 + 3);
  unsigned bits = 0;
  int held = 0;
  bool is_valid = true;
  for (const char c : text) {
    const int value = value_of(c);
    is_valid = is_valid && value >= 0;
    bits = ((bits << 6U) | (static_cast<unsigned>(value) & 63U)) & 0xFFFFFFU;
    held += 6;
    if (held >= 8) {
      held -= 8;
      result += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
    }
  }
  const unsigned stray = bits & ((1U << static_cast<unsigned>(held)) - 1U);
  if (is_valid && stray == 0) return result;
  OPENSSL_cleanse(result.data(), result.size());
  return std::nullopt;
}

std::string encode_base64(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto octet = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    const unsigned bits = (octet(i) << 16U) | (octet(i + 1) << 8U) | octet(i + 2);
    result += alphabet[(bits >> 18U) & 63U];
    result += alphabet[(bits >> 12U) & 63U];
    result += i + 1 < bytes.size() ? alphabet[(bits >> 6U) & 63U] : '=';
    result += i + 2 < bytes.size() ? alphabet[bits & 63U] : '=';
  }
  return result;
}

std::optional<Mechanism> mechanism_of(std::string_view name) {
  for (const Mechanism mechanism :
       {Mechanism::plain, Mechanism::login, Mechanism::xoauth2, Mechanism::oauthbearer})
    if (equals_upper(name, to_string(mechanism))) return mechanism;
  return std::nullopt;
}

LoginExchange::Outcome LoginExchange::begin(Mechanism mechanism,
                                            std::optional<std::string_view> initial_response) {
  credentials_ = {};
  credentials_.mechanism = mechanism;
  has_user_ = false;
  if (initial_response) return take(*initial_response == "=" ? "" : *initial_response);
  return ask(mechanism == Mechanism::login ? username_prompt : std::string_view());
}

LoginExchange::Outcome LoginExchange::respond(std::string_view line) {
  if (line == "*") return refuse(501, "5.7.0", "The log-in was cancelled");
  return take(line == "=" ? "" : line);
}

LoginExchange::Outcome LoginExchange::take(std::string_view base64) {
  auto bytes = decode_base64(base64);
  if (!bytes) return refuse(501, "5.5.2", "This log-in data is not valid base64");
  return take_decoded(std::move(*bytes));
}

LoginExchange::Outcome LoginExchange::take_decoded(std::string bytes) {
  const wire::Secret message(std::move(bytes));  // wiped on return
  switch (credentials_.mechanism) {
    case Mechanism::plain:
      return take_plain(message.reveal());
    case Mechanism::login:
      return take_login(message.reveal());
    case Mechanism::xoauth2:
      return take_xoauth2(message.reveal());
    case Mechanism::oauthbearer:
      return take_oauthbearer(message.reveal());
  }
  return refuse(504, "5.5.4", "This mechanism is not offered");
}

// RFC 4616 2: authzid NUL authcid NUL passwd.
LoginExchange::Outcome LoginExchange::take_plain(std::string_view message) {
  const std::size_t first = message.find('\0');
  const std::size_t second =
      first == std::string_view::npos ? first : message.find('\0', first + 1);
  if (second == std::string_view::npos || message.find('\0', second + 1) != std::string_view::npos)
    return refuse(501, "5.5.2", "This PLAIN log-in data is not complete");
  const std::string_view acting_for = message.substr(0, first);
  const std::string_view user = message.substr(first + 1, second - first - 1);
  const std::string_view password = message.substr(second + 1);
  if (user.empty() || password.empty())
    return refuse(535, "5.7.8", "User name and password must not be empty");
  if (!acting_for.empty() && acting_for != user)
    return refuse(535, "5.7.8", "Logging in on behalf of another user is not possible");
  credentials_.user = user;
  credentials_.password = wire::Secret(std::string(password));
  return Outcome::complete;
}

LoginExchange::Outcome LoginExchange::take_login(std::string_view value) {
  if (value.empty() || value.find('\0') != std::string_view::npos)
    return refuse(535, "5.7.8", "User name and password must not be empty");
  if (!has_user_) {
    credentials_.user = value;
    has_user_ = true;
    return ask(password_prompt);
  }
  credentials_.password = wire::Secret(std::string(value));
  return Outcome::complete;
}

// "user=" user ^A "auth=Bearer " token ^A ^A
LoginExchange::Outcome LoginExchange::take_xoauth2(std::string_view message) {
  const auto user = field(message, "user=");
  const auto token = bearer_token(message);
  if (!user || user->empty() || !token || !message.ends_with("\x01\x01"))
    return refuse(501, "5.5.2", "This XOAUTH2 log-in data is not complete");
  credentials_.user = *user;
  credentials_.password = wire::Secret(std::string(*token));
  return Outcome::complete;
}

// RFC 7628 3.1: gs2-header ^A *(key=value ^A) ^A, with gs2-header "n,[a=user]," (RFC 5801 4).
LoginExchange::Outcome LoginExchange::take_oauthbearer(std::string_view message) {
  constexpr const char* wrong = "This OAUTHBEARER log-in data is not complete";
  const std::size_t end = message.find('\x01');
  if (end == std::string_view::npos || !message.ends_with("\x01\x01"))
    return refuse(501, "5.5.2", wrong);
  std::string_view header = message.substr(0, end);
  const auto token = bearer_token(message.substr(end + 1));
  if ((header.substr(0, 2) != "n," && header.substr(0, 2) != "y,") || !header.ends_with(',') ||
      header.size() < 3 || !token)
    return refuse(501, "5.5.2", wrong);
  header = header.substr(2, header.size() - 3);
  if (!header.empty() && header.substr(0, 2) != "a=") return refuse(501, "5.5.2", wrong);
  auto user = decode_sasl_name(header.empty() ? header : header.substr(2));
  if (!user) return refuse(501, "5.5.2", wrong);
  credentials_.user = std::move(*user);
  credentials_.password = wire::Secret(std::string(*token));
  return Outcome::complete;
}

LoginExchange::Outcome LoginExchange::ask(std::string_view challenge) {
  challenge_ = challenge;
  return Outcome::challenge;
}

LoginExchange::Outcome LoginExchange::refuse(int code, const char* status, const char* text) {
  credentials_ = {};
  refusal_ = Reply{code, status, text};
  return Outcome::refused;
}

}  // namespace todoku::smtp
