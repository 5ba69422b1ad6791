// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part behind the @: real, nearly a known one, or impossible. Pure; any thread.
#include "proxy/addresses/data.hpp"
#include "proxy/addresses/endings.hpp"
#include "proxy/addresses/finding.hpp"
#include "proxy/addresses/known_domains.hpp"
#include "proxy/addresses/targets.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::addresses {

// As Finding, with domains in place of addresses.
struct DomainFinding {
  Verdict verdict = Verdict::ok;
  std::string suggestion;
  std::string second;
  Reason reason = Reason::none;
  Sureness sureness = Sureness::likely;
  Dots dots = Dots::unknown;  // of the domain, or of the suggested one
};

class DomainJudge {
 public:
  explicit DomainJudge(Data data);

  // domain: lower-case ASCII, cleaned.
  [[nodiscard]] DomainFinding judge(std::string_view domain) const;
  // domain: UTF-8 with letters beyond ASCII, or with "xn--" labels.
  [[nodiscard]] DomainFinding judge_letters(std::string_view domain) const;
  // The nearest target when DNS says that the domain does not exist: farther ones count, too. Empty
  // = none is near.
  [[nodiscard]] std::string nearest(std::string_view domain) const;
  [[nodiscard]] const Targets& targets() const { return targets_; }

 private:
  using Same = std::vector<const Target*>;

  [[nodiscard]] DomainFinding judge_existing(std::string_view domain,
                                             std::string_view ending) const;
  [[nodiscard]] DomainFinding judge_below(std::string_view domain, std::string_view ending,
                                          const Target& above) const;
  [[nodiscard]] DomainFinding judge_broken(std::string_view domain) const;
  [[nodiscard]] bool is_of_a_family(std::string_view domain, std::string_view ending) const;
  [[nodiscard]] DomainFinding other_ending(std::string_view domain, std::string_view ending) const;
  [[nodiscard]] DomainFinding own_ending(const Same& same, std::string_view before,
                                         std::string_view ending) const;
  [[nodiscard]] DomainFinding near_name(std::string_view domain, std::string_view ending) const;
  [[nodiscard]] DomainFinding lost_dot(std::string_view domain) const;
  [[nodiscard]] DomainFinding same_sound(std::string_view domain, std::string_view ending) const;
  [[nodiscard]] DomainFinding japanese(std::string_view domain) const;
  [[nodiscard]] DomainFinding suggest(std::string suggestion, Reason reason,
                                      Sureness sureness) const;

  Targets targets_;
  KnownDomains known_;
  Endings endings_;
};

}  // namespace todoku::addresses
