// SPDX-License-Identifier: Apache-2.0
// SASL: the first byte picks the mechanism, the rest is the client's lines, plain or as base64.
#include "proxy/smtp/login.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace todoku::smtp;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto mechanism = static_cast<Mechanism>(data[0] % 4U);
  const bool is_encoded = (data[0] & 4U) == 0;
  LoginExchange exchange;
  auto outcome = (data[0] & 8U) != 0 ? exchange.begin(mechanism, std::nullopt)
                                     : exchange.begin(mechanism, encode_base64(input));
  for (int i = 0; i < 3 && outcome == LoginExchange::Outcome::challenge; ++i)
    outcome = exchange.respond(is_encoded ? encode_base64(input) : std::string(input));
  if (outcome == LoginExchange::Outcome::challenge) std::abort();
  if (outcome == LoginExchange::Outcome::complete && exchange.credentials().password.empty())
    std::abort();
  if (decode_base64(encode_base64(input)) != input) std::abort();
  return 0;
}
