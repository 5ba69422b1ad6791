// SPDX-License-Identifier: Apache-2.0
#pragma once

// Verifies the DKIM signatures of a message (RFC 6376 section 6), as a receiver would: to see what
// a relay made of a test mail. The body streams past first, then the keys are asked for. Pure, one
// owner.
#include "proxy/mailauth/dkim_canonical.hpp"
#include "proxy/mailauth/dkim_fields.hpp"
#include "proxy/mailauth/dkim_key.hpp"
#include "proxy/wire/dns.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::mailauth {

enum class DkimResult : std::uint8_t {
  pass,
  fail,       // signed, and changed since
  permerror,  // the signature or its key cannot be used
  temperror,  // the DNS did not answer
};
[[nodiscard]] const char* to_string(DkimResult result);

struct DkimOutcome {
  DkimResult result = DkimResult::permerror;
  std::string domain;    // d=; may be empty when it cannot be read
  std::string selector;  // s=
  std::string problem;   // English, of everything but pass
};

// A DKIM-Signature field, read.
struct DkimSignature {
  DkimAlgorithm algorithm = DkimAlgorithm::rsa_sha256;
  DkimForm header_form = DkimForm::simple;
  DkimForm body_form = DkimForm::simple;
  std::string domain;
  std::string selector;
  std::string identity_domain;     // of i=
  std::vector<std::string> names;  // h=
  std::string body_hash;           // decoded
  std::string signature;           // decoded
  std::optional<std::uint64_t> limit;
  std::optional<std::chrono::seconds> expires;
};
// value: of the field, behind its colon. The signature, or what is wrong.
[[nodiscard]] std::variant<DkimSignature, std::string> parse_dkim_signature(std::string_view value);
// The key of a record of SELECTOR._domainkey.DOMAIN, or why it does not serve this signature.
[[nodiscard]] std::variant<DkimPublicKey, std::string> parse_dkim_key(
    std::string_view record, const DkimSignature& signature);

class DkimVerification final : public wire::DnsDialogue {
 public:
  static constexpr std::size_t most_signatures = 8;  // the others are left aside

  // header: the whole section in CRLF lines.
  DkimVerification(std::string header, std::chrono::seconds now);
  // All of the body, before the first next().
  void add_body(std::string_view bytes);
  std::optional<wire::DnsQuestion> next(const wire::DnsAnswer* answer) override;
  // When next() has returned nothing: one for each signature, from the top.
  [[nodiscard]] const std::vector<DkimOutcome>& outcomes() const { return outcomes_; }

 private:
  struct Candidate {
    DkimSignature signature;
    std::string_view field;  // whole
    DkimBodyHash body;
    std::size_t outcome;  // its place in outcomes_
  };
  void read_field(const HeaderField& field);
  void judge(Candidate& candidate, const wire::DnsAnswer& answer);
  [[nodiscard]] std::string fault_of(Candidate& candidate, const wire::DnsAnswer& answer,
                                     DkimResult& result);

  std::string header_;
  std::chrono::seconds now_;
  std::vector<HeaderField> fields_;
  std::vector<Candidate> candidates_;
  std::size_t asked_ = 0;
  std::vector<DkimOutcome> outcomes_;
};

}  // namespace todoku::mailauth
