// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the alignment guard found for one fallback and one domain of senders, in words that can be
// kept and told: whether it may carry that mail, and what in the DNS would change it. Pure.
#include "proxy/delivery/named_texts.hpp"
#include "proxy/delivery/path_health.hpp"

#include <string>

namespace todoku::delivery {

struct AlignmentVerdict;

struct AlignmentRecord {
  std::string fallback;     // its name in the settings
  std::string from_domain;  // of the senders
  std::string reason;       // of AlignmentReason: "would-fail"
  std::string policy;       // "reject"; empty = none was found
  std::string policy_at;    // the domain that publishes it
  std::string spf_domain;   // whose SPF record would have to name the relay; empty = none can
  std::string spf_terms;    // what it would have to say: "ip4:192.0.2.77 ip4:192.0.2.78"
  std::string key_name;     // our DKIM key is not in the DNS: where it belongs,
  std::string key_record;   // and what has to stand there
  Time at{};                // when it was looked at
  [[nodiscard]] bool is_allowed() const;
  // The same but for the time.
  [[nodiscard]] bool says_the_same(const AlignmentRecord& other) const;
};

[[nodiscard]] AlignmentRecord record_of(std::string fallback, std::string from_domain,
                                        const AlignmentVerdict& verdict, Time at);

// All but the time; names as in AlignmentRecord. Unknown names are left aside.
[[nodiscard]] NamedTexts texts_of(const AlignmentRecord& record);
[[nodiscard]] AlignmentRecord record_from(const NamedTexts& texts, Time at);

[[nodiscard]] bool rewrites_from(const AlignmentRecord& record);
// Which of the ways to make it usable there are; the end of a key of the messages.
[[nodiscard]] const char* remedy_of(const AlignmentRecord& record);
// One line, ASCII: for a mail client that shows nothing else.
[[nodiscard]] std::string withheld_in_english(const AlignmentRecord& record);

}  // namespace todoku::delivery
