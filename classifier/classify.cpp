// SPDX-License-Identifier: Apache-2.0
#include "classifier/classify.hpp"

#include "classifier/report/address.hpp"
#include "classifier/report/settle.hpp"

namespace todoku {

namespace {

using report::Kind;

rules::Judgement certain(Cause cause, std::string_view rule) {
  rules::Judgement judgement;
  judgement.cause = cause;
  judgement.certainty = 1;
  judgement.rule = rule;
  return judgement;
}

std::string status_or_class(const report::RecipientReport& one, Kind kind) {
  if (!one.status.empty()) return one.status;
  const bool has_reply = one.reply_code.starts_with('4') || one.reply_code.starts_with('5');
  if (has_reply) return one.reply_code.substr(0, 1) + ".0.0";
  switch (kind) {
    case Kind::bounce:
      return "5.0.0";
    case Kind::delayed:
      return "4.0.0";
    case Kind::delivered:
      return "2.0.0";
    case Kind::auto_reply:
    case Kind::feedback:
    case Kind::not_a_bounce:
      return {};
  }
  return {};
}

std::string_view address_of(std::string_view field) {
  const auto found = report::find_address(field);
  return found ? found->address : std::string_view();
}

}  // namespace

Classification Classifier::classify_mail(std::string_view mail) const {
  return classify(report::read(mail));
}

Classification Classifier::classify(report::DeliveryReport read) const {
  Classification result;
  for (auto& one : read.recipients) {
    result.diagnoses.push_back(diagnose(read, std::move(one)));
  }
  for (auto& inner : read.forwarded) result.forwarded.push_back(classify(std::move(inner)));
  read.recipients.clear();
  read.forwarded.clear();
  result.report = std::move(read);
  return result;
}

Diagnosis Classifier::diagnose(const report::DeliveryReport& read,
                               report::RecipientReport&& one) const {
  Diagnosis diagnosis;
  diagnosis.reported = std::move(one);
  const auto& reported = diagnosis.reported;
  diagnosis.status = status_or_class(reported, read.kind);
  switch (read.kind) {
    case Kind::delivered:
      diagnosis.judgement = certain(Cause::delivered, "kind.delivered");
      return diagnosis;
    case Kind::auto_reply:
      diagnosis.judgement = certain(Cause::auto_reply, "kind.auto-reply");
      return diagnosis;
    case Kind::feedback:
      diagnosis.judgement = certain(Cause::complaint, "kind.feedback");
      return diagnosis;
    case Kind::bounce:
    case Kind::delayed:
    case Kind::not_a_bounce:
      break;
  }
  rules::Evidence evidence;
  evidence.diagnostic = reported.diagnostic;
  evidence.status = reported.status;
  evidence.reply_code = reported.reply_code;
  evidence.command = reported.command;
  evidence.remote_host = reported.remote_host;
  evidence.system = read.system;
  // The text speaks of all recipients: it stands in only for the one whom nothing else explains.
  const bool is_alone = read.recipients.size() == 1;
  evidence.text = is_alone || reported.diagnostic.empty() ? std::string_view(read.text) : "";
  // A report of delay may list no action of its own.
  evidence.action = reported.action.empty() && read.kind == Kind::delayed
                        ? std::string_view("delayed")
                        : std::string_view(reported.action);
  evidence.sender = address_of(read.original.from);
  evidence.recipient = reported.address;
  evidence.reported = !read.text.empty() || !reported.action.empty();
  diagnosis.judgement = rules_.judge(evidence);
  return diagnosis;
}

Diagnosis Classifier::classify_text(std::string_view text) const {
  report::DeliveryReport read;
  read.kind = Kind::bounce;
  report::RecipientReport one;
  one.diagnostic = text;
  report::settle(one);
  one.address = address_of(one.diagnostic);
  return diagnose(read, std::move(one));
}

}  // namespace todoku
