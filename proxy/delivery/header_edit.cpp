// SPDX-License-Identifier: Apache-2.0
// Writes the edited header section.
#include "proxy/delivery/header_edit.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
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

bool is_bcc(const std::string& name) {
  constexpr std::string_view bcc = "bcc";
  return std::ranges::equal(name, bcc, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

}  // namespace

std::string mail_date(std::chrono::system_clock::time_point time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
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
    if (!is_bcc(field.name)) continue;
    edited.bytes.append(header.bytes(), copied, field.begin - copied);
    copied = field.end;
    edited.removed_bcc = true;
  }
  edited.bytes.append(header.bytes(), copied);
  return edited;
}

}  // namespace todoku::delivery
