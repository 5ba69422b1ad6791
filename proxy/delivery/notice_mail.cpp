// SPDX-License-Identifier: Apache-2.0
// The parts, one function each.
#include "proxy/delivery/notice_mail.hpp"

#include "proxy/delivery/header_edit.hpp"
#include "proxy/delivery/mime_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace todoku::delivery {

namespace {

using Outcome = NoticeRecipient::Outcome;
constexpr std::size_t most_of_the_header = 16UL * 1024;
constexpr std::size_t most_of_an_address = 320;
constexpr std::size_t most_of_an_id = 900;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string address_line(const std::string& address) {
  return one_line(address).substr(0, most_of_an_address);
}

std::string message_id(const NoticeFacts& facts) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  const auto at = facts.address.rfind('@');
  auto domain = at == std::string::npos ? std::string() : facts.address.substr(at + 1);
  const bool is_usable = !domain.empty() && domain.size() < 256 &&
                         domain.find_first_not_of(allowed) == std::string::npos;
  if (!is_usable) domain = "localhost";
  return "<" + facts.id + ".todoku@" + domain + ">";
}

// Only a well-formed id is repeated: it stands in a header of ours.
bool is_message_id(std::string_view id) {
  return id.size() > 2 && id.size() < most_of_an_id && id.starts_with('<') && id.ends_with('>') &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
}

std::string boundary(const NoticeFacts& facts) {
  return "=_todoku_" + facts.id;  // "=_" stands in no base64 and in no quoted-printable text
}

std::string header_of(const NoticeFacts& facts) {
  const auto address = address_line(facts.address);
  std::string out;
  out += "Date: " + mail_date(facts.now) + "\r\n";
  out += "From: " + encoded_words(facts.from_name) + "\r\n <" + address + ">\r\n";
  out += "To: <" + address + ">\r\n";
  out += "Message-ID: " + message_id(facts) + "\r\n";
  if (is_message_id(facts.original_message_id)) {
    out += "In-Reply-To:\r\n " + facts.original_message_id + "\r\n";
    out += "References:\r\n " + facts.original_message_id + "\r\n";
  }
  out += "Subject: " + encoded_words(facts.subject) + "\r\n";
  out += "Auto-Submitted: auto-replied\r\n";
  out += "MIME-Version: 1.0\r\n";
  out += "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"" +
         boundary(facts) + "\"\r\n\r\n";
  return out;
}

std::string for_people(const NoticeFacts& facts) {
  std::string text = facts.title + "\n\n" + facts.what_happened + "\n";
  for (const auto& one : facts.recipients) {
    text += "\n" + one.address + "\n";
    if (!one.sentence.empty()) text += "  " + one.sentence + "\n";
    if (one.reply.code != 0) {
      text += "  " + facts.words_label + "\n    " + smtp::to_line(one.reply) + "\n";
    }
  }
  text += "\n" + facts.what_to_do + "\n";
  std::string lines;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') lines += '\r';
    lines += c;
  }
  return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         base64_body(lines);
}

// The next code point of well-formed UTF-8; other bytes stand for themselves.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  char32_t made = size == 1 ? lead : lead & (0x7FU >> size);
  if (text.size() < size) {
    text.remove_prefix(1);
    return lead;
  }
  for (std::size_t at = 1; at < size; ++at) {
    made = (made << 6U) | (static_cast<unsigned char>(text[at]) & 0x3FU);
  }
  text.remove_prefix(size);
  return made;
}

// RFC 6533 3: "utf-8; \x{65E5}..." is how seven bits carry such an address.
std::string typed_address(const std::string& address) {
  const auto line = address_line(address);
  if (is_ascii(line)) return "rfc822; " + line;
  std::string made = "utf-8; ";
  for (std::string_view rest = line; !rest.empty();) {
    const auto character = take_character(rest);
    const bool stays =
        character > ' ' && character <= '~' &&
        std::string_view("\\+=").find(static_cast<char>(character)) == std::string_view::npos;
    if (stays) {
      made += static_cast<char>(character);
      continue;
    }
    std::array<char, 16> code{};
    std::snprintf(code.data(), code.size(), "\\x{%02X}", static_cast<unsigned>(character));
    made += code.data();
  }
  return made;
}

// RFC 3464 2.3.3 knows no "perhaps". "delayed" promises more attempts, and "relayed" says that
// somebody took it; an unknown message is tried no more, and nobody confirmed it: "failed", with
// the status that says why (RFC 3463 X.4.2: the connection broke before the exchange was complete).
// Its class 4 keeps list programs from striking the address off.
std::string status_of(const NoticeRecipient& one) {
  if (one.outcome == Outcome::unknown) return "4.4.2";
  if (!one.reply.status.empty()) return one.reply.status;
  if (!one.status.empty()) return one.status;
  if (one.reply.is_permanent()) return "5.0.0";
  if (one.reply.is_temporary()) return "4.0.0";
  return "4.4.1";
}

std::string for_programs(const NoticeFacts& facts) {
  std::string out = "Content-Type: message/delivery-status\r\n\r\n";
  out += folded_field("Reporting-MTA", "dns; " + facts.host_name);
  out += "Arrival-Date: " + mail_date(facts.arrived) + "\r\n";
  for (const auto& one : facts.recipients) {
    out += "\r\n" + folded_field("Final-Recipient", typed_address(one.address));
    out += one.outcome == Outcome::delayed ? "Action: delayed\r\n" : "Action: failed\r\n";
    out += folded_field("Status", status_of(one));
    if (one.reply.code != 0) {
      out += folded_field("Diagnostic-Code", "smtp; " + smtp::to_line(one.reply));
    }
    if (one.outcome == Outcome::delayed) {
      out += "Will-Retry-Until: " + mail_date(facts.retry_until) + "\r\n";
    }
  }
  return out;
}

bool is_bcc(std::string_view line) {
  constexpr std::string_view name = "bcc";
  return line.size() > name.size() &&
         std::equal(name.begin(), name.end(), line.begin(),
                    [](char a, char b) { return a == (b | 0x20); }) &&
         line.find_first_not_of(" \t", name.size()) == line.find(':');
}

// Whole lines of the first 16 KB, without Bcc, each ending with CRLF.
std::string tidied(std::string_view header) {
  const bool is_cut = header.size() > most_of_the_header;
  header = header.substr(0, most_of_the_header);
  std::string out;
  bool skips = false;
  while (!header.empty()) {
    const auto end = header.find('\n');
    if (end == std::string_view::npos && is_cut) break;
    auto line = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const bool continues = line.front() == ' ' || line.front() == '\t';
    if (!continues) skips = is_bcc(line);
    if (!skips) out += std::string(line) + "\r\n";
  }
  return out;
}

bool fits_seven_bits(std::string_view text) {
  std::size_t column = 0;
  for (const char c : text) {
    const bool is_odd = c <= 0 && c != '\r' && c != '\n';
    column = c == '\n' ? 0 : column + 1;
    if (is_odd || column > 990) return false;
  }
  return text.find("\r\n") != std::string_view::npos && text.find("--=_") == text.npos;
}

std::string about_what(const NoticeFacts& facts) {
  const auto header = tidied(facts.original_header);
  std::size_t bare = 0;
  for (std::size_t at = 0; at < header.size(); ++at) {
    if (header[at] == '\r' && header[at + 1] != '\n') ++bare;
  }
  if (bare == 0 && fits_seven_bits(header)) {
    return "Content-Type: text/rfc822-headers\r\n\r\n" + header;
  }
  return "Content-Type: text/rfc822-headers; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable_body(header);
}

}  // namespace

NoticeMail notice_mail(const NoticeFacts& facts) {
  NoticeMail mail;
  mail.needs_smtputf8 = !is_ascii(facts.address);
  const auto border = "--" + boundary(facts);
  mail.bytes = header_of(facts);
  mail.bytes += border + "\r\n" + for_people(facts);
  mail.bytes += "\r\n" + border + "\r\n" + for_programs(facts);
  mail.bytes += "\r\n" + border + "\r\n" + about_what(facts);
  mail.bytes += "\r\n" + border + "--\r\n";
  return mail;
}

}  // namespace todoku::delivery
