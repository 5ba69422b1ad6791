// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known beyond the message itself. Gathered by whoever calls; plain values, so that a check
// needs no clock, no network and no store. What is not known is empty, and then nothing is found.
// Sizes are octets of the message as it travels.
#include "proxy/addresses/reason.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::checks {

struct RecipientFacts {
  std::string address;
  std::optional<std::uint64_t> provider_limit;  // of a message, as its provider says
  std::optional<std::uint64_t> learned_limit;   // from an earlier bounce
  std::string provider;                         // its name for people; empty = the domain
};

// A recipient whose address is probably not what was meant.
struct MistypedAddress {
  std::string address;
  std::string meant;  // empty = not known
  addresses::Reason reason = addresses::Reason::near_name;
};

// Somebody known: who wrote or was written to before, or who stands in the address book.
struct KnownCompany {
  std::string name;  // "青空商事", without the legal form
  std::string domain;
};

// A virus scanner's word about the whole message (clamd or another; the hook of check virus).
struct ScanReport {
  std::vector<std::string> found;  // viruses, as the scanner names them
  bool has_failed = false;         // the scanner did not say; nothing is known then
};

// Sent by this account, the message at hand included.
struct RateFacts {
  std::uint32_t messages_hour = 0, messages_day = 0;
  std::uint32_t recipients_hour = 0, recipients_day = 0;
  // The provider's limits; 0 = not known.
  std::uint32_t max_messages_hour = 0, max_messages_day = 0;
  std::uint32_t max_recipients_hour = 0, max_recipients_day = 0;
  std::string provider;
  std::uint32_t usual_messages_hour = 0;  // a busy hour of the last weeks; 0 = not known
};

// How the sender's domain stands for the path that is about to be used.
enum class AuthState : std::uint8_t {
  unknown,  // not looked up, or no answer
  good,
  missing,  // nothing is published
  broken,   // published, and does not cover this path
};
struct AuthFacts {
  std::string domain;
  AuthState spf = AuthState::unknown, dkim = AuthState::unknown, dmarc = AuthState::unknown;
  // The exact text record to add or to change; empty = not known.
  std::string spf_record, dkim_record, dmarc_record;
};

struct SentBefore {
  std::chrono::seconds ago{0};
};

struct Facts {
  std::string account;                          // its name, for people
  std::vector<std::string> account_senders;     // addresses, "@domain" or "*"
  std::optional<std::uint64_t> upstream_limit;  // what its SIZE says
  std::string upstream;                         // its host
  std::vector<RecipientFacts> recipients;
  std::vector<MistypedAddress> mistyped;  // of the envelope's recipients
  // Of the envelope's recipients, those at domains that this account has never written to; none
  // without a history.
  std::vector<std::string> strangers;
  std::vector<KnownCompany> companies;
  ScanReport scan;
  std::optional<SentBefore> same_content;
  std::optional<RateFacts> rate;
  std::optional<AuthFacts> authentication;
  // Where the account's password stands in a text; npos = nowhere. Empty = it is not known.
  std::function<std::size_t(std::string_view text)> own_password_in;
};

}  // namespace todoku::checks
