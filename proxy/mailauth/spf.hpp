// SPDX-License-Identifier: Apache-2.0
#pragma once

// May this client send mail in the name of this domain? check_host() of RFC 7208 section 4, with
// its limits: 10 terms that ask the DNS, 2 answers with nothing in them, 10 names of an MX or PTR.
// Answers arrive as events. Pure, one owner.
#include "proxy/mailauth/known_answers.hpp"
#include "proxy/mailauth/spf_record.hpp"
#include "proxy/wire/dns.hpp"
#include "proxy/wire/ip_address.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace todoku::mailauth {

struct SpfRequest {
  wire::IpAddress client;    // the server that hands the mail to its receiver
  std::string sender;        // of MAIL FROM; empty, or without "@": postmaster of hello
  std::string hello;         // what the client says in EHLO
  std::string receiver;      // for explanations; may be empty
  std::chrono::seconds now;  // since 1970
};

struct SpfVerdict {
  SpfResult result = SpfResult::none;
  std::string domain;       // whose record was asked for: the sender's
  std::string decided_by;   // the directive of that domain that matched; empty = none did
  std::string explanation;  // the domain's own words on a fail, ASCII; may be empty
  std::string problem;      // English, of temperror and permerror
};

class SpfCheck final : public wire::DnsDialogue {
 public:
  explicit SpfCheck(SpfRequest request);
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;
  // When next() has returned nothing.
  [[nodiscard]] const SpfVerdict& verdict() const { return verdict_; }

 private:
  SpfRequest request_;
  KnownAnswers known_;
  SpfVerdict verdict_;
};

}  // namespace todoku::mailauth
