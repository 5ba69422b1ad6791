// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the DNS has said to one evaluation so far. The evaluation is an ordinary function that runs
// from its beginning each time an answer has come, and stops at the first that is missing: no state
// of a half-done recursion has to be kept. Pure, one owner.
#include "classifier/mail/ascii.hpp"
#include "proxy/wire/dns.hpp"

#include <map>
#include <optional>
#include <string_view>

namespace todoku::mailauth {

class KnownAnswers {
 public:
  // Null: not known yet; it is what is asked next, and the evaluation is to stop.
  const wire::DnsAnswer* find(std::string_view name, wire::RecordType type) {
    wire::DnsQuestion question{mail::lower_copy(name), type};
    const auto known = answers_.find(question);
    if (known != answers_.end()) return &known->second;
    if (!wanted_) wanted_ = std::move(question);
    return nullptr;
  }
  [[nodiscard]] const std::optional<wire::DnsQuestion>& wanted() const { return wanted_; }
  // To the question that is wanted.
  void take(const wire::DnsAnswer& answer) {
    if (wanted_) answers_.emplace(std::move(*wanted_), answer);
    wanted_.reset();
  }

 private:
  std::map<wire::DnsQuestion, wire::DnsAnswer> answers_;
  std::optional<wire::DnsQuestion> wanted_;
};

}  // namespace todoku::mailauth
