// SPDX-License-Identifier: Apache-2.0
// Writes the edited header section.
#include "proxy/delivery/header_edit.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace todoku::delivery {

namespace {

std::string domain_for_message_id(const std::string& sender) {
  const auto at = sender.rfind('@');
  if (at == std::string::npos) return "localhost";
  const auto domain = std::string_view(sender).substr(at + 1);
  const bool is_plain = !domain.empty() && std::ranges::all_of(domain, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
  });
  return is_plain ? std::string(domain) : "localhost";
}

// value with zeros in front. It is not negative.
template <std::size_t width>
std::string digits(std::int64_t value) {
  std::string text(width, '0');
  for (auto at = width; at-- > 0; value /= 10) text[at] = static_cast<char>('0' + value % 10);
  return text;
}

}  // namespace

std::string mail_date(std::chrono::system_clock::time_point time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string text(days[std::chrono::weekday(day).c_encoding()]);
  text += ", " + digits<2>(static_cast<unsigned>(date.day())) + ' ';
  text += months[static_cast<unsigned>(date.month()) - 1];
  text += ' ' + digits<4>(static_cast<int>(date.year()));
  text += ' ' + digits<2>(clock.hours().count());
  text += ':' + digits<2>(clock.minutes().count());
  text += ':' + digits<2>(clock.seconds().count());
  return text + " +0000";
}

std::string received_field(const TraceFacts& facts) {
  const bool is_v6 = facts.client_address.find(':') != std::string::npos;
  std::string protocol = "ESMTP";
  if (facts.with_tls) protocol += 'S';
  if (facts.logged_in) protocol += 'A';
  return "Received: from [" + std::string(is_v6 ? "IPv6:" : "") + facts.client_address + "] by " +
         facts.host_name + " (Todoku) with " + protocol + " id " + facts.message_id + ";\r\n\t" +
         mail_date(facts.now) + "\r\n";
}

EditedHeader edit_header(const mail::HeaderScanner& header, const TraceFacts& facts) {
  EditedHeader edited;
  edited.bytes = received_field(facts);
  if (header.is_signed()) {
    edited.bytes += header.bytes();
    return edited;
  }
  if (!header.has("Date")) {
    edited.bytes += "Date: " + mail_date(facts.now) + "\r\n";
    edited.added_date = true;
  }
  if (!header.has("Message-ID")) {
    edited.bytes += "Message-ID: <" + facts.message_id + ".todoku@" +
                    domain_for_message_id(facts.sender) + ">\r\n";
    edited.added_message_id = true;
  }
  std::size_t copied = 0;
  for (const auto& field : header.fields()) {
    if (!mail::same_word(field.name, "Bcc")) continue;
    edited.bytes.append(header.bytes(), copied, field.begin - copied);
    copied = field.end;
    edited.removed_bcc = true;
  }
  edited.bytes.append(header.bytes(), copied);
  return edited;
}

}  // namespace todoku::delivery
