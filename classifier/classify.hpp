// SPDX-License-Identifier: Apache-2.0
#pragma once

// The front door of the classifier: a returned mail or a pasted reply -> what it is, whom it is
// about, and why. Reads with classifier/report, judges with classifier/rules. Pure, never throws
// for any input, bounded; one Classifier serves any threads at once.
#include "classifier/cause.hpp"
#include "classifier/report/delivery_report.hpp"
#include "classifier/rules/judge.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku {

// One recipient: what the report says, and what it means.
struct Diagnosis {
  report::RecipientReport reported;
  rules::Judgement judgement;
  // The reported status; where there is none, its class alone ("5.0.0", "4.0.0") as far as the
  // reply or the kind of the report tells.
  std::string status;
};

struct Classification {
  report::DeliveryReport report;          // its recipients have moved into diagnoses
  std::vector<Diagnosis> diagnoses;       // one for each recipient, in the report's order
  std::vector<Classification> forwarded;  // a report that a person sends on; one at most
};

class Classifier {
 public:
  explicit Classifier(rules::Rules rules) : rules_(std::move(rules)) {}

  // The bytes of one mail, as report::read takes them.
  [[nodiscard]] Classification classify_mail(std::string_view mail) const;

  // What a server said, pasted: "550 5.7.1 <a@b>: ... (in reply to RCPT TO command)", or a code.
  // UTF-8; read as a final failure unless it says otherwise.
  [[nodiscard]] Diagnosis classify_text(std::string_view text) const;

  [[nodiscard]] const rules::Rules& rules() const { return rules_; }

 private:
  [[nodiscard]] Classification classify(report::DeliveryReport read) const;
  [[nodiscard]] Diagnosis diagnose(const report::DeliveryReport& read,
                                   report::RecipientReport&& one) const;
  rules::Rules rules_;
};

}  // namespace todoku
