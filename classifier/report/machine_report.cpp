// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/machine_report.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/report/address.hpp"
#include "classifier/report/codes.hpp"
#include "classifier/report/smtp_words.hpp"
#include "classifier/report/status_part.hpp"

#include <array>
#include <utility>

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::same_word;
using mail::trim;

constexpr std::size_t max_recipients = 200;

RecipientReport recipient_of(const StatusBlock& block) {
  RecipientReport one;
  const auto original = address_in_field(block.original_recipient);
  const auto final_one = address_in_field(block.final_recipient);
  const auto actual = address_in_field(block.actual_recipient);
  // Sendmail's Final-Recipient is what the user typed, its X-Actual-Recipient where it went.
  one.address = !original.empty() ? original : !final_one.empty() ? final_one : actual;
  if (!actual.empty() && !same_word(actual, one.address)) {
    one.final_address = actual;
  } else if (!final_one.empty() && !same_word(final_one, one.address)) {
    one.final_address = final_one;
  }
  one.action = mail::lower_copy(trim(block.action.substr(0, block.action.find_first_of(" (;"))));
  one.status = block.status;
  one.diagnostic = diagnostic_text(block.diagnostic);
  auto peer = peer_in_field(block.remote_mta);
  one.remote_host = std::move(peer.host);
  one.remote_ip = std::move(peer.ip);
  // "Status: 4.0.0 (host name lookup failure)": the comment is all there is
  if (one.diagnostic.empty()) {
    if (const auto open = block.status.find('('); open != std::string::npos) {
      one.diagnostic = trim(block.status.substr(open + 1));
      if (one.diagnostic.ends_with(')')) one.diagnostic.pop_back();
    }
  }
  return one;
}

const TextRecipient* same_in_text(const RecipientReport& one, const TextReport& text,
                                  bool is_only_one) {
  for (const auto& other : text.recipients) {
    for (const auto& address :
         {std::string_view(one.address), std::string_view(one.final_address)}) {
      if (address.empty()) continue;
      if (same_word(other.address, address) || same_word(other.alias, address)) return &other;
    }
  }
  return is_only_one && text.recipients.size() == 1 ? &text.recipients.front() : nullptr;
}

// Sendmail cuts its field behind the first line of the reply; its transcript has them all.
bool is_fuller(std::string_view in_text, std::string_view field) {
  if (in_text.size() <= field.size()) return false;
  if (codes_in(field).reply.empty() && field.size() < 12) return true;  // "x-unix; 71"
  return in_text.starts_with(field);
}

void join_text(RecipientReport& one, const TextReport& text, bool is_only_one) {
  const auto* other = same_in_text(one, text, is_only_one);
  std::string_view reason = other != nullptr ? std::string_view(other->reason) : std::string_view();
  if (reason.empty()) reason = text.general_reason;
  if (one.diagnostic.empty() || is_fuller(reason, one.diagnostic)) one.diagnostic = reason;
  if (one.command.empty()) one.command = command_named(reason);
  if (one.remote_host.empty() && one.remote_ip.empty()) {
    auto peer = peer_named(reason);
    one.remote_host = std::move(peer.host);
    one.remote_ip = std::move(peer.ip);
  }
  if (other == nullptr) return;
  if (!other->command.empty()) one.command = other->command;
  if (one.remote_host.empty()) one.remote_host = other->host;
  if (one.address.empty() || (!other->alias.empty() && one.final_address.empty())) {
    const auto& typed = other->alias.empty() ? other->address : other->alias;
    if (!one.address.empty() && !same_word(one.address, typed)) one.final_address = one.address;
    if (!typed.empty()) one.address = typed;
  }
}

Kind kind_of_action(const RecipientReport& one, const TextReport& text) {
  static constexpr std::array<std::string_view, 3> good{"delivered", "relayed", "expanded"};
  for (const auto word : good) {
    if (begins_with(one.action, word)) return Kind::delivered;
  }
  if (begins_with(one.action, "delay") || begins_with(one.action, "deferred")) return Kind::delayed;
  if (begins_with(one.action, "fail")) return Kind::bounce;
  const auto status = status_at(one.status);
  if (status.starts_with('2')) return Kind::delivered;
  if (status.starts_with('4') && text.warns && !text.gave_up) return Kind::delayed;
  return Kind::bounce;
}

// Fields in the text for want of a part, as some gateways write them.
std::string_view fields_in_text(std::string_view text) {
  auto rest = text;
  while (!rest.empty()) {
    const auto here = rest;
    const auto line = trim(mail::take_line(rest));
    if (begins_with(line, "reporting-mta") || begins_with(line, "final-recipient")) {
      return mail::is_field_line(line) ? here : std::string_view();
    }
  }
  return {};
}

void take_part(const StatusPart& part, DeliveryReport& report) {
  for (const auto& block : part.blocks) {
    if (report.recipients.size() < max_recipients) {
      report.recipients.push_back(recipient_of(block));
    }
  }
  if (report.reporting_host.empty()) report.reporting_host = peer_in_field(part.reporting_mta).host;
  if (report.original.envelope_id.empty()) report.original.envelope_id = part.envelope_id;
  if (report.original.message_id.empty()) {
    report.original.message_id = bare_address(part.original_message_id);
  }
}

Kind kind_of(const DeliveryReport& report, const TextReport& text) {
  Kind kind = Kind::delivered;
  for (const auto& one : report.recipients) {
    const auto its = kind_of_action(one, text);
    if (its == Kind::bounce) return Kind::bounce;
    if (its == Kind::delayed) kind = Kind::delayed;
  }
  return kind;
}

// One recipient may stand in two parts; what says more stays.
void drop_doubles(DeliveryReport& report) {
  std::vector<RecipientReport> kept;
  for (auto& one : report.recipients) {
    bool is_known = false;
    for (auto& other : kept) {
      if (!same_word(other.address, one.address) || one.address.empty()) continue;
      is_known = true;
      if (other.diagnostic.empty()) other = std::move(one);
      break;
    }
    if (!is_known) kept.push_back(std::move(one));
  }
  report.recipients = std::move(kept);
}

}  // namespace

bool read_machine_report(const Material& material, const TextReport& text, DeliveryReport& report) {
  for (const auto& part : material.status_parts) take_part(read_status_part(part), report);
  const bool may_be_in_text = material.sender == Sender::mail_server || material.promises_status;
  if (report.recipients.empty() && may_be_in_text) {
    const auto fields = fields_in_text(material.text);
    if (!fields.empty()) take_part(read_status_part(fields), report);
  }
  if (report.recipients.empty()) return false;
  const bool is_only_one = report.recipients.size() == 1;
  for (auto& one : report.recipients) join_text(one, text, is_only_one);
  add_failed_field(*material.header, text, report);
  if (report.recipients.front().address.empty()) add_from_original(material, text, report);
  drop_doubles(report);
  report.kind = kind_of(report, text);
  report.kind_reason = KindReason::delivery_status_part;
  report.system = text.system;
  return true;
}

void add_failed_field(const mail::Header& header, const TextReport& text, DeliveryReport& report) {
  const auto field = header.text("X-Failed-Recipients");
  std::size_t at = 0;
  while (report.recipients.size() < max_recipients) {
    const auto found = find_address(field, at);
    if (!found) break;
    at = found->end;
    bool is_known = false;
    for (auto& one : report.recipients) {
      is_known = is_known || same_word(one.address, found->address) ||
                 same_word(one.final_address, found->address);
    }
    if (is_known) continue;
    // A pipe or a file has no address; the field tells whose it is.
    if (report.recipients.size() == 1 && report.recipients.front().address.empty()) {
      report.recipients.front().address = found->address;
      continue;
    }
    RecipientReport one;
    one.address = found->address;
    one.diagnostic = text.general_reason;
    report.recipients.push_back(std::move(one));
  }
}

void add_from_original(const Material& material, const TextReport& text, DeliveryReport& report) {
  std::string address;
  for (const std::string_view name : {"X-Envelope-To", "To", "Cc"}) {
    const auto found = find_address(material.original.raw(name));
    if (found) address = found->address;
    if (found) break;
  }
  if (address.empty()) {
    if (const auto found = find_address(std::string_view(material.text).substr(0, text.end))) {
      address = found->address;
    }
  }
  if (address.empty()) return;
  if (!report.recipients.empty()) {
    report.recipients.front().address = address;
    return;
  }
  RecipientReport one;
  one.address = address;
  one.diagnostic = text.general_reason;
  report.recipients.push_back(std::move(one));
}

}  // namespace todoku::report
