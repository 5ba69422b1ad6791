// SPDX-License-Identifier: Apache-2.0
// The client side of the four SASL mechanisms.
#include "proxy/smtp/client_login.hpp"

#include "proxy/smtp/reply.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

namespace todoku::smtp {
namespace {

constexpr std::size_t max_challenge = 4000;

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EncodeBlock writes a NUL behind
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// Base64 of a secret, whose clear form is wiped.
std::string base64_of_secret(std::string& clear) {
  std::string out = base64(clear);
  OPENSSL_cleanse(clear.data(), clear.size());
  return out;
}

std::string decoded(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(length) -
             std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
  return out;
}

// saslname of RFC 5801 section 4: ',' and '=' are escaped.
std::string sasl_name(std::string_view user) {
  std::string out;
  for (const char c : user) {
    if (c == ',') {
      out += "=2C";
    } else if (c == '=') {
      out += "=3D";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

std::optional<Mechanism> choose_mechanism(const Credentials& credentials,
                                          const Capabilities& offered) {
  const Mechanism wanted = credentials.mechanism;
  if (wanted == Mechanism::xoauth2 || wanted == Mechanism::oauthbearer) {
    return offered.can(wanted) ? std::optional(wanted) : std::nullopt;
  }
  // PLAIN parts its fields by NUL (RFC 4616), so it cannot carry one.
  const bool fits_plain = !has_nul(credentials.user) && !has_nul(credentials.password.reveal());
  if (offered.can(Mechanism::plain) && fits_plain) return Mechanism::plain;
  if (offered.can(Mechanism::login)) return Mechanism::login;
  return std::nullopt;
}

ClientLogin::ClientLogin(const Credentials& credentials, Mechanism mechanism)
    : mechanism_(mechanism), credentials_(credentials) {}

bool ClientLogin::is_token() const {
  return mechanism_ == Mechanism::xoauth2 || mechanism_ == Mechanism::oauthbearer;
}

std::string ClientLogin::response() const {
  const std::string_view password = credentials_.password.reveal();
  std::string clear;
  clear.reserve(2 * credentials_.user.size() + password.size() + 64);
  switch (mechanism_) {
    case Mechanism::plain:
      clear.append(1, '\0').append(credentials_.user).append(1, '\0').append(password);
      break;
    case Mechanism::xoauth2:
      clear.append("user=").append(credentials_.user).append("\1auth=Bearer ");
      clear.append(password).append("\1\1");
      break;
    case Mechanism::oauthbearer:
      // RFC 5801 4: an absent name is written as nothing, not as an empty one.
      if (credentials_.user.empty()) {
        clear.append("n,,\1auth=Bearer ");
      } else {
        clear.append("n,a=").append(sasl_name(credentials_.user)).append(",\1auth=Bearer ");
      }
      clear.append(password).append("\1\1");
      break;
    case Mechanism::login:
      break;  // has no single response
  }
  return base64_of_secret(clear);
}

std::string ClientLogin::first_line() {
  std::string line = "AUTH ";
  line += to_string(mechanism_);
  if (mechanism_ != Mechanism::login) {
    std::string first = response();
    if (line.size() + 1 + first.size() + 2 <= max_line) {
      line.append(" ").append(first);
      responded_ = true;
    }
    OPENSSL_cleanse(first.data(), first.size());
  }
  line += "\r\n";
  return line;
}

// Prompts differ ("Username:", "User Name", none at all); only their order is sure.
std::string ClientLogin::answer_to_login_prompt() {
  ++prompts_;
  if (prompts_ > 2) return "*\r\n";
  std::string clear(prompts_ == 1 ? std::string_view(credentials_.user)
                                  : credentials_.password.reveal());
  return base64_of_secret(clear) + "\r\n";
}

std::string ClientLogin::answer(std::string_view challenge_text) {
  if (mechanism_ == Mechanism::login) return answer_to_login_prompt();
  const bool is_blank = challenge_text.find_first_not_of(' ') == std::string_view::npos;
  // Some relays ask for the response although it came with the AUTH line: once is fine.
  if (!responded_ || (prompts_ == 0 && (is_blank || !is_token()))) {
    responded_ = true;
    ++prompts_;
    return response() + "\r\n";
  }
  if (!is_token() || !challenge_.empty() || prompts_ > 1) return "*\r\n";
  prompts_ = 2;
  challenge_ = cleaned(decoded(challenge_text), max_challenge);
  return mechanism_ == Mechanism::xoauth2 ? "\r\n" : "AQ==\r\n";
}

}  // namespace todoku::smtp
