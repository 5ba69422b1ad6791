// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this address what the writer meant? One call for one address, a few microseconds; a check is
// never a guess about who exists, only about what was typed. Pure; one Checker serves any thread.
#include "proxy/addresses/data.hpp"
#include "proxy/addresses/domain_judge.hpp"
#include "proxy/addresses/facts.hpp"
#include "proxy/addresses/finding.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace todoku::addresses {

// What was found of domains before: in a list of addresses few domains come often. Bounded; one
// thread.
class DomainMemory {
 public:
  [[nodiscard]] const DomainFinding* find(std::string_view domain) const;
  void keep(std::string_view domain, const DomainFinding& finding);

 private:
  std::unordered_map<std::string, DomainFinding, TextHash, std::equal_to<>> findings_;
};

class Checker {
 public:
  explicit Checker(Data data) : judge_(std::move(data)) {}

  // address: as it was given, UTF-8 or not, of any length. Never fails. memory: the same one for a
  // whole list, or none.
  [[nodiscard]] Finding check(std::string_view address, const Facts& facts = {},
                              DomainMemory* memory = nullptr) const;
  // A domain that many people write to. domain: lower case.
  [[nodiscard]] bool knows(std::string_view domain) const;

 private:
  [[nodiscard]] Finding check_text(std::string_view address, DomainMemory* memory) const;
  [[nodiscard]] DomainFinding judge_domain(std::string_view domain, DomainMemory* memory) const;
  void weigh_facts(Finding& finding, std::string_view address, const Facts& facts) const;

  DomainJudge judge_;
};

}  // namespace todoku::addresses
