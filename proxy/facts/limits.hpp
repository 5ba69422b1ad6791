// SPDX-License-Identifier: Apache-2.0
#pragma once

// How large a message may be, how many may go out, and where from: what providers say, and what
// servers have said to us. I/O thread; pure once it is filled.
#include "proxy/checks/facts.hpp"
#include "proxy/providers/directory.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/records.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::facts {

class Limits {
 public:
  // Before: nothing is known of providers. language: of their names.
  void use(providers::Directory directory, settings::Language language);
  void learn(const store::LearnedSize& size);

  // The smallest limit that is known of any recipient: below it nobody need be asked about.
  [[nodiscard]] std::uint64_t smallest() const { return smallest_; }
  // domain: lower case. exchangers: its mail hosts as far as they are known.
  [[nodiscard]] checks::RecipientFacts of_recipient(
      std::string_view address, std::string_view domain,
      const std::vector<std::string>& exchangers) const;
  // What a server (a host, or a domain's) has said that it takes.
  [[nodiscard]] std::optional<std::uint64_t> learned(std::string_view domain) const;
  // Where the provider of this server publishes its outgoing addresses; empty = not known.
  [[nodiscard]] const std::string& spf_of(const std::string& server);
  // The limits of who sends through this server, and its name; the counts are empty.
  [[nodiscard]] const checks::RateFacts& rates(const std::string& server,
                                               const std::string& sender_domain);

 private:
  [[nodiscard]] const std::string& name_of(const providers::Provider& provider) const;
  [[nodiscard]] checks::RateFacts find_rates(std::string_view server,
                                             std::string_view sender_domain) const;

  std::optional<providers::Directory> directory_;
  settings::Language language_ = settings::Language::english;
  std::map<std::string, std::uint64_t, std::less<>> learned_;
  std::map<std::pair<std::string, std::string>, checks::RateFacts> rates_;
  std::map<std::string, std::string> spf_;  // by server
  std::uint64_t smallest_ = UINT64_MAX;
};

// "10240000", "25 MB", "35882577 bytes", "20M": octets; units are decimal, so that a limit is
// rather too small than too large. Nothing = no size that a limit of messages could have.
[[nodiscard]] std::optional<std::uint64_t> octets_in(std::string_view text);

}  // namespace todoku::facts
