// SPDX-License-Identifier: Apache-2.0
#pragma once

// Does a domain take mail? Its MX, or without one its address (RFC 5321 section 5.1); a null MX is
// a plain no (RFC 7505). An answer that fails is no evidence. Pure.
#include "proxy/addresses/facts.hpp"
#include "proxy/wire/dns.hpp"

#include <string>
#include <vector>

namespace todoku::facts {

class MailHostCheck final : public wire::DnsDialogue {
 public:
  explicit MailHostCheck(std::string domain) : domain_(std::move(domain)) {}
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;

  // When next() has returned nothing.
  [[nodiscard]] addresses::Dns verdict() const { return verdict_; }
  // The hosts that take its mail, best first; empty without an MX.
  [[nodiscard]] const std::vector<std::string>& exchangers() const { return exchangers_; }

 private:
  std::optional<wire::DnsQuestion> ask(wire::RecordType type);
  std::optional<wire::DnsQuestion> end(addresses::Dns verdict);
  std::optional<wire::DnsQuestion> after_exchanges(const wire::DnsAnswer& answer);

  std::string domain_;
  wire::RecordType asked_ = wire::RecordType::mx;
  addresses::Dns verdict_ = addresses::Dns::unknown;
  std::vector<std::string> exchangers_;
};

}  // namespace todoku::facts
