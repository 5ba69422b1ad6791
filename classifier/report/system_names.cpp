// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/system_names.hpp"

#include "classifier/mail/ascii.hpp"

#include <array>

namespace todoku::report {

namespace {

enum class Place : std::uint8_t {
  from,            // the From field
  field,           // a header field of that name is there
  reporting_host,  // who wrote the report
  status_field,    // a name in the machine readable part
  text,            // the words for people
};

struct Sign {
  Place place;
  std::string_view words;  // lower case, except names of fields
  std::string_view system;
};

// size: a table. The first that is found counts.
constexpr std::array<Sign, 39> signs{{
    {Place::text, "groups.google.com", "google-groups"},
    {Place::text, "googlegroups", "google-groups"},
    {Place::from, "@googlemail.com", "gmail"},
    {Place::reporting_host, "googlemail.com", "gmail"},
    {Place::from, "mail.zoho", "zoho"},
    {Place::from, "corp.mail.ru", "mail.ru"},
    {Place::from, "mail.gmx", "gmx"},
    {Place::from, "yandex.ru", "yandex"},
    {Place::status_field, "x-yandex-", "yandex"},
    {Place::status_field, "x-sendgrid-", "sendgrid"},
    {Place::status_field, "x-powermta-", "powermta"},
    {Place::status_field, "x-outbound-mail-relay-", "aol"},
    {Place::status_field, "x-postfix-", "postfix"},
    {Place::status_field, "x-notes;", "domino"},
    {Place::status_field, "x-symantec-messaging-gateway", "symantec"},
    {Place::status_field, "rfc/822", "mimecast"},
    {Place::status_field, "resolver.", "exchange"},
    {Place::status_field, "x-display-name", "exchange"},
    {Place::reporting_host, "outlook.com", "exchange"},
    {Place::reporting_host, "exchangelabs.com", "exchange"},
    {Place::reporting_host, "hotmail.com", "outlook"},
    {Place::reporting_host, "amazonaws.com", "amazon-ses"},
    {Place::reporting_host, "amazonses.com", "amazon-ses"},
    {Place::from, "amazonses.com", "amazon-ses"},
    {Place::from, "hotmail", "outlook"},
    {Place::from, "ezweb.ne.jp", "ezweb"},
    {Place::from, "dion.ne.jp", "kddi"},
    {Place::from, "facebook.com", "facebook"},
    {Place::from, "yahoo.", "yahoo"},
    {Place::from, "aol.com", "aol"},
    {Place::from, "biglobe.ne.jp", "biglobe"},
    {Place::field, "X-AHMAILID", "active-hunter"},
    {Place::field, "X-MLServer", "fml"},
    {Place::field, "X-Mlserver", "fml"},
    {Place::field, "X-AWS-Outgoing", "amazon-ses"},
    {Place::field, "X-SES-Outgoing", "amazon-ses"},
    {Place::field, "X-MS-Exchange-Message-Is-Ndr", "exchange"},
    {Place::field, "X-Exchange-Antispam-Report-Test", "exchange"},
    {Place::field, "X-MC-System", "mimecast"},
}};

bool is_there(const Sign& sign, const Material& material, const DeliveryReport& report) {
  constexpr std::size_t looked_at = 2048;
  switch (sign.place) {
    case Place::from:
      return mail::has_word(material.header->raw("From"), sign.words);
    case Place::field:
      return material.header->has(sign.words);
    case Place::reporting_host:
      return mail::has_word(report.reporting_host, sign.words);
    case Place::status_field:
      return !material.status_parts.empty() &&
             mail::has_word(std::string_view(material.status_parts.front()).substr(0, looked_at),
                            sign.words);
    case Place::text:  // only Google writes in so many languages that its links alone tell
      return mail::has_word(material.header->raw("From"), "google") &&
             mail::has_word(std::string_view(material.text).substr(0, looked_at), sign.words);
  }
  return false;
}

}  // namespace

std::string_view system_of(const Material& material, const DeliveryReport& report) {
  for (const auto& sign : signs) {
    if (is_there(sign, material, report)) return sign.system;
  }
  return {};
}

}  // namespace todoku::report
