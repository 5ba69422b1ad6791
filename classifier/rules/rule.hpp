// SPDX-License-Identifier: Apache-2.0
#pragma once

// One rule as it stands in config/rules/*.toml, read but not yet compiled. Plain data.
#include "classifier/cause.hpp"
#include "classifier/rules/judge.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace todoku::rules {

// Where a rule applies: every list that is not empty must have a member that fits.
struct Conditions {
  std::vector<std::string>
      receiver;  // domain, or end of one, of the server that answered or the recipient
  std::vector<std::string> system;  // who wrote the report
  std::vector<std::string> stage;   // "RCPT", "DATA", ...
  std::vector<std::string> status;  // "5.7.1" exact, "5.7." beginning
  std::vector<std::string> reply;   // "550" exact, "5" beginning, "" none
  std::vector<std::string> action;  // "delayed", "failed", "" none
};

struct Rule {
  std::string id;
  Cause cause = Cause::undefined;
  int weight = 0;  // 0..100: how much it says; the heaviest rule that fits decides
  std::vector<std::string> patterns;  // none: the conditions alone decide
  Conditions when;
  std::vector<std::string> samples;
  std::string sample_status, sample_stage, sample_receiver, sample_system, sample_action;
  std::optional<Cause> second;
  std::string provider_case;
  bool hides = false;      // the system that says this is known to hide its real reason
  bool only_said = false;  // looked for in what the server said, never in the report's own text
};

// After a cause was found: the same words mean another thing in another place.
struct Disguise {
  std::string id;
  Cause from = Cause::undefined;
  Cause to = Cause::undefined;
  std::vector<std::string> patterns;  // none: any words
  Conditions when;
  bool reported = false;  // only in a report, not for a text that stands alone
  int heaviest = 100;     // a rule that says more than this is believed
  bool hides = true;
  std::string provider_case;
};

struct RuleFile {
  std::vector<Rule> rules;
  std::vector<Disguise> disguises;
  std::vector<std::string> disabled;  // ids that an administrator switches off
};

// Reads one file; what is wrong is added to `mistakes`.
RuleFile read_rules(const RuleText& source, std::vector<Mistake>& mistakes);

// True when every condition fits. status_in_text: the enhanced status that the diagnostic begins
// with.
bool fits(const Conditions& when, const Evidence& evidence, std::string_view reply,
          std::string_view status, std::string_view status_in_text);

}  // namespace todoku::rules
