// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a sender's domain stands for the server that its mail goes through: SPF and DMARC, with the
// exact records to publish. Says `broken` only where it is sure: of a provider whose own SPF record
// tells which addresses its mail leaves from (RFC 7208); an answer that fails tells nothing. DKIM
// is not judged: nobody can tell a selector from outside. Pure.
#include "proxy/checks/facts.hpp"
#include "proxy/mailauth/dmarc.hpp"
#include "proxy/mailauth/spf.hpp"
#include "proxy/wire/dns.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace todoku::facts {

struct SenderPath {
  std::string domain;   // of the sender, lower case
  std::string server;   // the account's server
  std::string include;  // where the provider publishes its addresses: what goes behind "include:";
                        // empty = not known
};

class SenderCheck final : public wire::DnsDialogue {
 public:
  SenderCheck(SenderPath path, std::chrono::seconds now);
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;
  // When next() has returned nothing.
  [[nodiscard]] const checks::AuthFacts& facts() const { return facts_; }
  // An answer was missing: worth asking again soon.
  [[nodiscard]] bool is_incomplete() const { return is_incomplete_; }

 private:
  enum class Stage : std::uint8_t {
    own_record,  // TXT of the domain
    addresses,   // TXT of the provider's names, or the server's address
    spf,
    dmarc,
  };
  using Question = std::optional<wire::DnsQuestion>;
  Question after_own_record(const wire::DnsAnswer& answer);
  Question after_addresses(const wire::DnsAnswer& answer);
  void take_networks(const wire::DnsAnswer& answer);
  Question ask_for_addresses();
  Question next_client();
  Question after_spf();
  Question begin_dmarc();
  Question after_dmarc();
  [[nodiscard]] std::string corrected_record() const;

  SenderPath path_;
  std::chrono::seconds now_;
  Stage stage_ = Stage::own_record;
  checks::AuthFacts facts_;
  bool is_incomplete_ = false;
  std::string own_record_;
  std::deque<std::string> to_read_;  // names of SPF records of the provider
  std::size_t read_ = 0;
  std::vector<wire::IpAddress> clients_;  // that the mail leaves from
  std::unique_ptr<mailauth::SpfCheck> spf_;
  mailauth::DmarcDiscovery dmarc_;
};

}  // namespace todoku::facts
