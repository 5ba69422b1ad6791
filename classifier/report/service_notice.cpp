// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/service_notice.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/report/status_part.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace todoku::report {

namespace {

constexpr std::size_t max_recipients = 200;
constexpr std::size_t max_value = 4096;
constexpr std::size_t max_notice = 64 * 1024;

// The string that begins behind the quote at text[0].
std::string read_string(std::string_view text, std::size_t max_size) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && text[i] != '"' && out.size() < max_size; ++i) {
    if (text[i] == '\n') continue;  // mail wraps long lines
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'u' && i + 4 < text.size()) {
      std::uint32_t point = 0;
      for (const char digit : text.substr(i + 1, 4)) {
        const char low = mail::lower(digit);
        const int value = mail::is_digit(low) ? low - '0' : low - 'a' + 10;
        point = point * 16 + static_cast<std::uint32_t>(std::clamp(value, 0, 15));
      }
      const bool is_half = point >= 0xd800 && point < 0xe000;  // pairs are not joined
      mail::append_utf8(out, is_half ? 0xfffd : point);
      i += 4;
    } else {
      out += c == 'n' || c == 't' || c == 'r' ? ' ' : c;
    }
  }
  return out;
}

// The value of the first member of that name at or behind from: a string, or the first string of an
// array. at: where the name was found.
std::string member(std::string_view text, std::string_view name, std::size_t& at,
                   std::size_t max_size = max_value) {
  const std::string quoted = "\"" + std::string(name) + "\"";
  at = text.find(quoted, at);
  if (at == std::string_view::npos) return {};
  auto rest = text.substr(at + quoted.size());
  std::size_t skipped = 0;
  while (skipped < rest.size() && std::string_view(" \n\t:[").find(rest[skipped]) != rest.npos) {
    ++skipped;
  }
  if (skipped >= rest.size() || rest[skipped] != '"') return {};
  return read_string(rest.substr(skipped + 1), max_size);
}

std::string first_member(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  return member(text, name, at);
}

void read_recipients(std::string_view text, std::string_view list, DeliveryReport& report) {
  const auto begin = text.find("\"" + std::string(list) + "\"");
  if (begin == std::string_view::npos) return;
  auto part = text.substr(begin + list.size() + 2);
  part = part.substr(0, part.find(']'));
  std::size_t at = 0;
  while (report.recipients.size() < max_recipients) {
    RecipientReport one;
    one.address = member(part, "emailAddress", at);
    if (at == std::string_view::npos) break;
    const auto next = part.find("\"emailAddress\"", at + 1);
    // The members of one recipient come in any order, so its braces count.
    const auto open = part.rfind('{', at);
    const auto object = part.substr(open == std::string_view::npos ? at : open,
                                    next == std::string_view::npos ? next : next - at);
    one.action = mail::lower_copy(first_member(object, "action"));
    one.status = first_member(object, "status");
    one.diagnostic = diagnostic_text(first_member(object, "diagnosticCode"));
    report.recipients.push_back(std::move(one));
    ++at;
  }
}

// The JSON object in the text: without the marks of mail programs that cut long lines ("!", line
// feed, blank), and taken out of the envelope in which SNS may send it as a string.
std::string notice_in(std::string_view text) {
  while (!text.empty() && mail::is_space(text.front())) text.remove_prefix(1);
  if (!text.starts_with('{')) return {};
  std::string notice;
  std::size_t begin = 0;
  for (auto cut = text.find("!\n "); cut != text.npos; cut = text.find("!\n ", begin)) {
    notice.append(text, begin, cut - begin);
    begin = cut + 3;
  }
  notice.append(text, begin);
  if (first_member(notice, "Type") != "Notification") return notice;
  std::size_t at = 0;
  auto inner = member(notice, "Message", at, max_notice);
  return inner.starts_with('{') ? inner : notice;
}

}  // namespace

bool read_service_notice(std::string_view text, DeliveryReport& report) {
  const auto notice = notice_in(text);
  const std::string_view begin = notice;
  if (begin.empty()) return false;
  auto type = first_member(begin, "notificationType");
  if (type.empty()) type = first_member(begin, "eventType");
  if (mail::same_word(type, "bounce")) {
    report.kind = Kind::bounce;
    read_recipients(begin, "bouncedRecipients", report);
    const auto sub_type = first_member(begin, "bounceSubType");
    for (auto& one : report.recipients) {
      if (one.diagnostic.empty()) {
        one.diagnostic = first_member(begin, "bounceType") + " " + sub_type;
      }
    }
  } else if (mail::same_word(type, "complaint")) {
    report.kind = Kind::feedback;
    read_recipients(begin, "complainedRecipients", report);
  } else if (mail::same_word(type, "delivery")) {
    report.kind = Kind::delivered;
    RecipientReport one;
    one.address = first_member(begin, "recipients");
    one.action = "delivered";
    one.diagnostic = first_member(begin, "smtpResponse");
    report.recipients.push_back(std::move(one));
  } else if (mail::same_word(type, "deliverydelay")) {
    report.kind = Kind::delayed;
    read_recipients(begin, "delayedRecipients", report);
  } else {
    return false;
  }
  report.kind_reason = KindReason::service_notice;
  report.system = "amazon-ses";
  report.original.subject = first_member(begin, "subject");
  report.original.message_id = first_member(begin, "messageId");
  report.original.from = first_member(begin, "source");
  return true;
}

}  // namespace todoku::report
