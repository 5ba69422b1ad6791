// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the domain of a From address wants done with mail that is not proven to be its own (RFC
// 7489): the policy in the DNS, and whether SPF and DKIM are aligned with that domain. Pure.
#include "proxy/mailauth/spf_record.hpp"
#include "proxy/wire/dns.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::mailauth {

enum class DmarcPolicy : std::uint8_t {
  none,        // only reports
  quarantine,  // into the junk folder
  reject,
};

enum class AlignmentMode : std::uint8_t {
  relaxed,  // the same organisation
  strict,   // the same domain
};

struct DmarcRecord {
  DmarcPolicy policy = DmarcPolicy::none;
  DmarcPolicy subdomain_policy = DmarcPolicy::none;
  unsigned percent = 100;  // of failing mail that the policy is used for
  AlignmentMode dkim = AlignmentMode::relaxed;
  AlignmentMode spf = AlignmentMode::relaxed;
};

// The record, or why it is none (English). Section 6.3, and 6.6.3 for broken ones.
[[nodiscard]] std::variant<DmarcRecord, std::string> parse_dmarc(std::string_view text);

struct DmarcFound {
  enum class Status : std::uint8_t {
    none,  // no policy is published
    found,
    temperror,  // the DNS did not answer
  };
  Status status = Status::none;
  DmarcRecord record;
  std::string at;                          // the domain whose record it is
  DmarcPolicy policy = DmarcPolicy::none;  // for this From domain: p or sp
};

// Policy discovery of section 6.6.3: the domain itself, then its organisational domain.
class DmarcDiscovery final : public wire::DnsDialogue {
 public:
  explicit DmarcDiscovery(std::string_view from_domain);
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;
  [[nodiscard]] const DmarcFound& found() const { return found_; }

 private:
  bool take(const wire::DnsAnswer& answer);  // true = it is decided
  std::string from_domain_;
  std::string organisation_;
  std::string asked_;
  DmarcFound found_;
};

// A signature of the message: whose it is, and whether it verifies.
struct DkimIdentity {
  std::string domain;  // d=
  bool passes = false;
};

struct DmarcVerdict {
  bool spf_aligned = false;   // SPF passes, for a domain that is aligned
  bool dkim_aligned = false;  // a signature passes, of a domain that is aligned
  // Meaningful only when a policy was found.
  [[nodiscard]] bool passes() const { return spf_aligned || dkim_aligned; }
};

[[nodiscard]] bool is_aligned(std::string_view domain, std::string_view from_domain,
                              AlignmentMode mode);
// spf_domain: of MAIL FROM (or HELO for the null sender).
[[nodiscard]] DmarcVerdict judge_dmarc(std::string_view from_domain, const DmarcRecord& record,
                                       SpfResult spf, std::string_view spf_domain,
                                       const std::vector<DkimIdentity>& signatures);

[[nodiscard]] const char* to_string(DmarcPolicy policy);

}  // namespace todoku::mailauth
