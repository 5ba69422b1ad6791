// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a relay may carry a sender's mail without its receivers taking it for forged
// (ARCHITECTURE: cause, not digit): SPF and DKIM as that relay sends, against the DMARC policy of
// the From domain. Pure.
#include "proxy/mailauth/dmarc.hpp"
#include "proxy/mailauth/spf.hpp"
#include "proxy/wire/dns.hpp"
#include "proxy/wire/ip_address.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace todoku::delivery {

// How a relay passes mail on, as configured, learned from a test mail, or assumed.
struct RelayHabits {
  std::string host;                        // its name or address, as it is dialled
  std::vector<wire::IpNetwork> outgoing;   // addresses its mail leaves from; empty = not known
  std::vector<std::string> signs_as;       // DKIM domains
  std::optional<std::string> return_path;  // the domain it puts in place of the sender's
  bool rewrites_from = false;              // it replaces the From line
};

// A DKIM key of ours.
struct OwnKey {
  std::string domain;
  std::string selector;
  std::string record;  // what the DNS has to say at SELECTOR._domainkey.DOMAIN
  bool operator==(const OwnKey&) const = default;
};

struct AlignmentSender {
  std::string from_domain;                       // of the From line
  std::string envelope_domain;                   // of MAIL FROM; empty = the null sender
  std::optional<OwnKey> own_key = std::nullopt;  // with which we sign the mail
};

enum class AlignmentReason : std::uint8_t {
  no_policy,      // allowed: no DMARC policy is published
  policy_none,    // allowed: it asks for nothing (p=none)
  dns_silent,     // allowed: the DNS did not answer
  spf,            // allowed: aligned by SPF
  dkim,           // allowed: aligned by a signature
  would_fail,     // not: the policy would put it into the junk folder or refuse it
  rewrites_from,  // not: the relay replaces the From line
};

struct AlignmentVerdict {
  AlignmentReason reason = AlignmentReason::no_policy;
  mailauth::DmarcPolicy policy = mailauth::DmarcPolicy::none;
  std::string policy_at;                                // the domain that publishes it
  mailauth::SpfResult spf = mailauth::SpfResult::none;  // of the first address that decided
  std::string spf_address;                              // that address
  std::string spf_domain;   // whose record counts; empty = SPF could not align, whatever it said
  std::string spf_terms;    // what it would have to say for this relay
  std::string key_name;     // our key is not there: where in the DNS,
  std::string key_record;   // and what belongs there
  bool is_assumed = false;  // the relay's own addresses were taken for its outgoing ones
  [[nodiscard]] bool is_allowed() const {
    return reason != AlignmentReason::would_fail && reason != AlignmentReason::rewrites_from;
  }
};

[[nodiscard]] const char* to_string(AlignmentReason reason);  // "would-fail"

// Asks the DNS only as far as it matters: a policy that asks for nothing, or a signature that is
// aligned, ends it. All outgoing addresses must pass SPF, for any of them may be used; of a network
// its first and last are looked at, 16 addresses in all.
class AlignmentCheck final : public wire::DnsDialogue {
 public:
  AlignmentCheck(RelayHabits habits, AlignmentSender sender, std::chrono::seconds now);
  ~AlignmentCheck() override;
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;
  // When next() has returned nothing.
  [[nodiscard]] const AlignmentVerdict& verdict() const { return verdict_; }
  // How long the verdict may be kept: the shortest lifetime of the answers; at most a day.
  [[nodiscard]] std::chrono::seconds lifetime() const { return lifetime_; }

 private:
  std::optional<wire::DnsQuestion> after_policy();
  std::optional<wire::DnsQuestion> after_own_key(const wire::DnsAnswer& answer);
  std::optional<wire::DnsQuestion> look_at_spf();
  std::optional<wire::DnsQuestion> ask_for_host(wire::RecordType type);
  std::optional<wire::DnsQuestion> after_host(const wire::DnsAnswer& answer);
  std::optional<wire::DnsQuestion> next_address();
  std::optional<wire::DnsQuestion> after_spf();
  std::optional<wire::DnsQuestion> end(AlignmentReason reason);
  [[nodiscard]] bool is_signed_by_the_sender() const;
  [[nodiscard]] std::string spf_domain() const;

  enum class Stage : std::uint8_t {
    policy,
    own_key,
    host_v4,
    host_v6,
    spf
  };
  RelayHabits habits_;
  AlignmentSender sender_;
  std::chrono::seconds now_;
  Stage stage_ = Stage::policy;
  mailauth::DmarcDiscovery discovery_;
  std::unique_ptr<mailauth::SpfCheck> spf_;
  std::vector<wire::IpAddress> addresses_;
  std::size_t address_ = 0;
  AlignmentVerdict verdict_;
  std::chrono::seconds lifetime_ = std::chrono::hours(24);
};

}  // namespace todoku::delivery
