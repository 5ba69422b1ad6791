// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/feedback.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/report/address.hpp"

#include <utility>

namespace todoku::report {

namespace {

// Who complained, as far as the report shows it.
std::string complainer(const Material& material) {
  std::string_view rest;
  const auto fields = mail::Header::read(material.feedback_part, rest);
  for (const std::string_view name :
       {"Original-Rcpt-To", "Removal-Recipient", "Redacted-Address"}) {
    const auto found = find_address(fields.raw(name));
    if (found) return std::string(found->address);
  }
  for (const std::string_view name :
       {"X-HmXmrOriginalRecipient", "Original-Recipient", "To", "X-Original-To", "Delivered-To"}) {
    const auto address = address_in_field(material.original.raw(name));
    if (is_address(address)) return address;
  }
  return {};
}

bool is_old_complaint(const Material& material) {
  const auto from = material.header->raw("From");
  const bool is_staff = mail::has_word(from, "staff@hotmail.com") || mail::has_word(from, "abuse@");
  return is_staff && mail::has_word(material.subject, "complaint about message from") &&
         !material.messages.empty();
}

}  // namespace

bool read_feedback(const Material& material, DeliveryReport& report) {
  if (material.has_feedback) {
    report.kind_reason = KindReason::feedback_part;
  } else if (is_old_complaint(material)) {
    report.kind_reason = KindReason::complaint_notice;
  } else {
    return false;
  }
  report.kind = Kind::feedback;
  report.system = "feedback-loop";
  RecipientReport one;
  one.address = complainer(material);
  std::string_view rest;
  const auto fields = mail::Header::read(material.feedback_part, rest);
  one.action = mail::lower_copy(fields.value("Feedback-Type"));  // "abuse", "auth-failure", ...
  one.remote_ip = fields.value("Source-IP");
  report.recipients.push_back(std::move(one));
  return true;
}

}  // namespace todoku::report
