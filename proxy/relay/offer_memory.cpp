// SPDX-License-Identifier: Apache-2.0
// Reads and writes remembered EHLO answers.
#include "proxy/relay/offer_memory.hpp"

#include <algorithm>

namespace todoku::relay {

namespace {

std::string keywords(const smtp::Capabilities& offer) {
  std::string line;
  const auto add = [&line](bool is_there, std::string_view word) {
    if (is_there) line.append(";").append(word);
  };
  add(offer.pipelining, "PIPELINING");
  add(offer.eight_bit_mime, "8BITMIME");
  add(offer.smtputf8, "SMTPUTF8");
  add(offer.dsn, "DSN");
  add(offer.chunking, "CHUNKING");
  add(offer.enhanced_status_codes, "ENHANCEDSTATUSCODES");
  if (offer.has_size) {
    add(true, offer.max_size ? "SIZE " + std::to_string(*offer.max_size) : std::string("SIZE"));
  }
  if (offer.offers_login) {
    std::string login = "AUTH";
    for (const auto mechanism : offer.mechanisms) {
      login.append(" ").append(smtp::to_string(mechanism));
    }
    add(true, login);
  }
  return line;
}

// "host:587" or "[::1]:587".
bool is_relay_name(std::string_view name) {
  const auto colon = name.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = name.substr(colon + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7F'; };
  return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit) &&
         std::ranges::all_of(name.substr(0, colon), is_printable);
}

}  // namespace

std::string write_offers(const Offers& offers) {
  std::string text;
  for (const auto& [relay, offer] : offers) text += relay + keywords(offer) + "\n";
  return text;
}

Offers read_offers(std::string_view text) {
  Offers offers;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto relay = std::string(line.substr(0, line.find(';')));
    if (!is_relay_name(relay)) continue;
    line.remove_prefix(relay.size());
    auto& offer = offers[relay];
    offer = {};  // the last line counts
    while (!line.empty()) {
      line.remove_prefix(1);
      const auto word = line.substr(0, line.find(';'));
      smtp::read_keyword(offer, word);
      line.remove_prefix(word.size());
    }
  }
  return offers;
}

}  // namespace todoku::relay
